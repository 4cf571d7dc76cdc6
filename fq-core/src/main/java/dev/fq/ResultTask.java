package dev.fq;

import org.jspecify.annotations.Nullable;

/**
 * A {@link Task} that returns something:
 *
 * <pre>{@code
 * record Square(long number) implements ResultTask<Long> {
 *   public Long call(TaskContext context) { return number * number; }
 * }
 * }</pre>
 *
 * <p>Workers that record outcomes keep it, for {@link TaskQueue#results(Class)} and {@code fq
 * results}; see {@link TaskContext#result}.
 *
 * @param <R> the type of the result, as a field of a task may be
 */
public interface ResultTask<R extends @Nullable Object> extends Task {

  /**
   * Does the work, as {@link Task#execute}, and returns its result.
   *
   * @throws TaskFailedException if the attempt failed and the message says all there is to say
   * @throws Exception if the attempt failed; the stack trace is kept as the reason
   */
  R call(TaskContext context) throws Exception;

  @Override
  default void execute(TaskContext context) throws Exception {
    context.result(call(context));
  }
}
