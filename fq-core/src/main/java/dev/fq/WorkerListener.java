package dev.fq;

import dev.fq.spi.Outcome;
import dev.fq.spi.TaskId;

/**
 * Is told what becomes of each task that a worker leases, for metrics and records. Every task that
 * is begun ends once. Called by the threads of the worker, several at once, which wait for it: the
 * end of a task may come from another thread than its beginning. What it throws is logged, and
 * changes nothing.
 */
public interface WorkerListener {

  /**
   * An attempt at a task.
   *
   * @param task the task's id
   * @param type the name of its type, or of its function with its module; empty when the payload
   *     says none
   * @param attempt which attempt it is, from 1
   */
  record Attempt(TaskId task, String type, int attempt) {}

  /** The task is leased, and about to be executed. */
  default void begun(Attempt attempt) {}

  /** The worker has done with the task. */
  default void ended(Outcome outcome) {}

  /** The worker has stopped, and tells nothing more. */
  default void stopped() {}
}
