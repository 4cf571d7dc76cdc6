package dev.fq;

import dev.fq.spi.Lease;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of a worker's tasks. */
final class Tally {

  /** What became of one task in the worker's hands. */
  enum Outcome {
    COMPLETED,
    FAILED,
    DEAD,
    LOST,
    RELEASED
  }

  private final Clock clock;
  private final Instant start;
  private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
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

  synchronized void end(Outcome outcome) {
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
        count(Outcome.COMPLETED),
        count(Outcome.FAILED),
        count(Outcome.DEAD),
        count(Outcome.LOST),
        count(Outcome.RELEASED),
        Duration.between(start, clock.instant()),
        previousExecution,
        triesInVain,
        reason,
        lastFailure);
  }

  private long count(Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }
}
