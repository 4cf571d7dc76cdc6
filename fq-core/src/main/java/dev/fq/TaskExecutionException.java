package dev.fq;

/**
 * The exception of a task, on its way to a caller who asked for it. The message names the task; the
 * cause is what the task threw.
 */
public final class TaskExecutionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TaskExecutionException(String task, Throwable cause) {
    super("task %s failed: %s".formatted(task, cause), cause);
  }
}
