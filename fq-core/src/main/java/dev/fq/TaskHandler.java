package dev.fq;

/**
 * Does the work that payloads ask for, whatever they say; {@link Task}s bring their own work with
 * them. Called by several threads at once.
 */
@FunctionalInterface
public interface TaskHandler {

  /**
   * Works on one task. Returning means that it is done; it is completed then.
   *
   * <p>The thread is interrupted when the lease is lost or the worker must end: return soon, in
   * whatever way.
   *
   * @throws TaskFailedException if the attempt failed and the message says all there is to say
   * @throws Exception if the attempt failed; the stack trace is kept as the reason
   */
  void handle(TaskContext task) throws Exception;
}
