package dev.fq;

import dev.fq.spi.Payload;

/**
 * Work that can be put into a queue, as a record that does it:
 *
 * <pre>{@code
 * record Downsample(Path layer, int mip) implements Task {
 *   public void execute(TaskContext context) throws IOException { … }
 * }
 * }</pre>
 *
 * <p>What goes into the queue is its {@link #payload}: its fields in JSON and its name, the simple
 * name of its class or what {@link com.fasterxml.jackson.annotation.JsonTypeName} says. A worker
 * that has the class in its {@link TaskRegistry} makes an equal task from it. {@code docs/tasks.md}
 * tells which fields a task may have and what JSON does to them. A plain class works too if Jackson
 * can read it: with a constructor without parameters, or one that is a {@code @JsonCreator}.
 *
 * <p>A task may be executed more than once, and several at once in one process.
 */
public interface Task {

  /**
   * Does the work. Returning means that it is done.
   *
   * <p>The thread is interrupted when the lease is lost or the worker must end: return soon, in
   * whatever way.
   *
   * @throws TaskFailedException if the attempt failed and the message says all there is to say
   * @throws Exception if the attempt failed; the stack trace is kept as the reason
   */
  void execute(TaskContext context) throws Exception;

  /**
   * What this task says in JSON: its fields in their order, then {@code "class"}, spaced and
   * escaped as python-task-queue does.
   *
   * @throws IllegalArgumentException if JSON cannot say it: a number that is not one, a class
   *     without a name, more than {@link Payload#MAX_LENGTH} characters
   */
  default Payload payload() {
    return TaskJson.payload(this);
  }
}
