package dev.fq;

import dev.fq.spi.TaskId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker has done so far, or in all.
 *
 * @param begun tasks leased
 * @param completed tasks done
 * @param failed attempts that failed and will be made again
 * @param dead tasks given up
 * @param lost tasks whose lease was lost, and those that could not be ended because of trouble with
 *     the queue: others will work on them, or have
 * @param released tasks given back because the worker had to end
 * @param elapsed since the worker started
 * @param previousExecution how long the task that ended last took to execute; zero before the first
 * @param tries how many looks for a task in a row have found none; 0 after one that did
 * @param reason why it stopped leasing; null while it does not
 * @param lastFailure the last attempt that failed, or could not be made on this host; null when
 *     there was none. For those who read no log
 * @param queues the same of each of its queues, in the order in which the worker was given them
 */
public record WorkerReport(
    long begun,
    long completed,
    long failed,
    long dead,
    long lost,
    long released,
    Duration elapsed,
    Duration previousExecution,
    int tries,
    @Nullable StopReason reason,
    @Nullable FailedAttempt lastFailure,
    List<OfQueue> queues) {

  /** Keeps its own copy of the list. */
  public WorkerReport {
    queues = List.copyOf(queues);
  }

  /**
   * What a worker has done of the tasks of one queue; the words are those of {@link WorkerReport}.
   *
   * @param queue the queue's URL
   * @param trouble why the worker left this queue before its end, while it went on with others: it
   *     is gone, this user may not lease or end its tasks, or this host could not attempt task
   *     after task of it; null when it did not
   */
  public record OfQueue(
      String queue,
      long begun,
      long completed,
      long failed,
      long dead,
      long lost,
      long released,
      @Nullable Exception trouble) {

    /** The figures in words. */
    @Override
    public String toString() {
      return "%s completed, %s failed, %s dead, %s lost, %s released"
          .formatted(completed, failed, dead, lost, released);
    }
  }

  /**
   * An attempt that did not complete its task.
   *
   * @param task the task's id
   * @param attempt which attempt it was, from 1
   * @param reason the first line of why
   */
  public record FailedAttempt(TaskId task, int attempt, String reason) {
    @Override
    public String toString() {
      return "task %s, attempt %s: %s".formatted(task, attempt, reason);
    }
  }
}
