package dev.fq;

import dev.fq.spi.HostName;
import dev.fq.spi.Lease;
import dev.fq.spi.Outcome;
import dev.fq.spi.TaskOutcome;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what becomes of tasks, and tells the worker's listeners and who keeps their output. */
final class OutcomeTeller {

  private static final Logger log = LoggerFactory.getLogger(OutcomeTeller.class);

  /** A line is to be read at one glance. */
  private static final int LONGEST_REASON = 500;

  private final Tally tally;
  private final Clock clock;
  private final String host = HostName.here();
  private volatile List<WorkerListener> listeners;

  OutcomeTeller(Tally tally, List<WorkerListener> listeners, Clock clock) {
    this.tally = tally;
    this.listeners = listeners;
    this.clock = clock;
  }

  /** Another is told too, of what begins from now on. */
  void tellAlso(WorkerListener other) {
    listeners = Stream.concat(listeners.stream(), Stream.of(other)).toList();
  }

  void begun(HeldTask task) {
    tally.begin();
    if (listeners.isEmpty()) {
      return;
    }
    Lease lease = task.lease();
    TaskSummary summary = TaskSummary.of(lease.payload());
    task.notes().begun(clock.instant(), summary);
    WorkerListener.Attempt attempt =
        new WorkerListener.Attempt(lease.id(), summary.type(), lease.attempt());
    tell(listener -> listener.begun(attempt));
  }

  void ended(HeldTask task, TaskOutcome outcome) {
    tally.end(outcome);
    task.kept().ended(outcome);
    Instant begun = task.notes().begun();
    if (begun != null) {
      Outcome told = outcome(task, outcome, begun);
      tell(listener -> listener.ended(told));
    }
  }

  private Outcome outcome(HeldTask task, TaskOutcome outcome, Instant begun) {
    Lease lease = task.lease();
    AttemptNotes notes = task.notes();
    Throwable failure = isFailure(outcome, notes.failure()) ? notes.failure() : null;
    return new Outcome(
        lease.id(),
        notes.task().type(),
        notes.task().command(),
        lease.attempt(),
        outcome,
        begun,
        clock.instant(),
        host,
        notes.slot(),
        notes.exitCode(),
        notes.peakMemory(),
        failure == null || Reason.saysItAll(failure) ? null : failure.getClass().getName(),
        failure == null ? null : shortened(Reason.firstLine(failure)));
  }

  /**
   * An attempt that was interrupted since its lease was lost, or the worker had to end, did not
   * fail.
   */
  private static boolean isFailure(TaskOutcome outcome, @Nullable Throwable failure) {
    return outcome.isFailure()
        || (outcome == TaskOutcome.RELEASED && !(failure instanceof InterruptedException));
  }

  private static String shortened(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
  }

  /** The worker has stopped. */
  void stopped() {
    tell(WorkerListener::stopped);
  }

  private void tell(Consumer<WorkerListener> news) {
    for (WorkerListener listener : listeners) {
      try {
        news.accept(listener);
      } catch (RuntimeException e) {
        log.warn("the worker's listener threw", e);
      }
    }
  }
}
