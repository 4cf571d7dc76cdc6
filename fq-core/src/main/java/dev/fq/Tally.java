package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.TaskOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of a worker's tasks. */
final class Tally {

  private final Clock clock;
  private final Instant start;
  private final Map<TaskOutcome, Long> outcomes = new EnumMap<>(TaskOutcome.class);
  private long begun;
  private int triesInVain;
  private Duration previousExecution = Duration.ZERO;
  private WorkerReport.@Nullable FailedAttempt lastFailure;

  Tally(Clock clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  Instant start() {
    return start;
  }

  synchronized void begin() {
    begun++;
    triesInVain = 0;
  }

  synchronized void end(TaskOutcome outcome) {
    outcomes.merge(outcome, 1L, Long::sum);
  }

  synchronized void failed(Lease lease, String reason) {
    lastFailure = new WorkerReport.FailedAttempt(lease.id(), lease.attempt(), reason);
  }

  synchronized void executedFor(Duration time) {
    previousExecution = time;
  }

  /** Notes a look for tasks that found none. */
  synchronized void triedInVain() {
    triesInVain++;
  }

  /** How many looks in a row found none. */
  synchronized int triesInVain() {
    return triesInVain;
  }

  synchronized WorkerReport report(@Nullable StopReason reason) {
    return new WorkerReport(
        begun,
        count(TaskOutcome.COMPLETED),
        count(TaskOutcome.FAILED),
        count(TaskOutcome.DEAD),
        count(TaskOutcome.LOST),
        count(TaskOutcome.RELEASED),
        Duration.between(start, clock.instant()),
        previousExecution,
        triesInVain,
        reason,
        lastFailure);
  }

  private long count(TaskOutcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }
}
