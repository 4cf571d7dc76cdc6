/**
 * What users of fq meet: {@link dev.fq.Task} to write, {@link dev.fq.TaskQueue} to insert tasks and
 * look at them, {@link dev.fq.Worker} to work on them, {@link dev.fq.LocalTaskQueue} to do without
 * a queue. Tasks that run a command, {@link dev.fq.CommandTask}, are built in.
 *
 * <p>Behind them, each in files of its own:
 *
 * <ul>
 *   <li>tasks as JSON: {@code TaskJson} with its module, {@link dev.fq.TaskRegistry}
 *   <li>functions as tasks: {@link dev.fq.Queueable}, {@link dev.fq.Functions}, {@link
 *       dev.fq.Binding}, {@link dev.fq.FunctionTask}, {@code QueueableFunction}
 *   <li>inserting many: {@code BulkInsert}, {@code BatchFeeder}; trouble that passes: {@code
 *       Retrying}
 *   <li>the worker: {@link dev.fq.WorkerBuilder}, {@code Scanner}, {@code Slots}, {@code
 *       AttemptRunner}, {@code Ending}, {@code Renewer}, {@code HeldTask}
 * </ul>
 *
 * <p>A task has a type for each of its moments, here and in {@code dev.fq.spi}:
 *
 * <table>
 *   <caption>The views of a task</caption>
 *   <tr><th>Type</th><th>What it is</th></tr>
 *   <tr><td>{@link dev.fq.Task}</td><td>what a user writes: it knows how to execute itself</td></tr>
 *   <tr><td>{@link dev.fq.ResultTask}</td><td>a task that returns something, which {@link dev.fq.Results} read</td></tr>
 *   <tr><td>{@link dev.fq.spi.NewTask}</td><td>before its insert: id, payload, delay</td></tr>
 *   <tr><td>{@link dev.fq.spi.TaskInfo}</td><td>what a listing of names tells: state, due, attempt, holder</td></tr>
 *   <tr><td>{@link dev.fq.spi.TaskEntry}</td><td>that with its payload, which costs reading it</td></tr>
 *   <tr><td>{@link dev.fq.spi.TaskDetail}</td><td>that with its body as stored, readable or not, and its failures</td></tr>
 *   <tr><td>{@link dev.fq.QueuedTask}</td><td>an entry that can become a {@code Task} again</td></tr>
 *   <tr><td>{@link dev.fq.spi.Lease}</td><td>the right to work on it until a deadline, as the backend knows it</td></tr>
 *   <tr><td>{@link dev.fq.LeasedTask}</td><td>a lease that can become a {@code Task} again, for those who work by hand</td></tr>
 *   <tr><td>{@code HeldTask}</td><td>a lease in a worker's hands, with its renewals and its thread</td></tr>
 *   <tr><td>{@link dev.fq.TaskContext}</td><td>what a task that runs may know of itself</td></tr>
 * </table>
 */
@NullMarked
package dev.fq;

import org.jspecify.annotations.NullMarked;
