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
 *       AttemptRunner}, {@code Renewer}, {@code HeldTask}
 * </ul>
 */
@NullMarked
package dev.fq;

import org.jspecify.annotations.NullMarked;
