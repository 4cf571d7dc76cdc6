package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.TaskOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of a worker's tasks: of those of one queue, and of all, to which each queue
 * adds its own.
 */
final class Tally {

  private final Clock clock;
  private final @Nullable Tally whole;
  private final String queue;
  private final List<Tally> parts = new CopyOnWriteArrayList<>();
  private final Instant start;
  private final Map<TaskOutcome, Long> outcomes = new EnumMap<>(TaskOutcome.class);
  private long begun;
  private int triesInVain;
  private Duration previousExecution = Duration.ZERO;
  private WorkerReport.@Nullable FailedAttempt lastFailure;
  private @Nullable Exception trouble;

  Tally(Clock clock) {
    this(clock, null, "");
  }

  private Tally(Clock clock, @Nullable Tally whole, String queue) {
    this.clock = clock;
    this.whole = whole;
    this.queue = queue;
    this.start = clock.instant();
  }

  /** One of the tasks of this queue, which count in this one too. */
  Tally part(String url) {
    Tally part = new Tally(clock, this, url);
    parts.add(part);
    return part;
  }

  Instant start() {
    return start;
  }

  void begin() {
    synchronized (this) {
      begun++;
      triesInVain = 0;
    }
    inWhole(Tally::begin);
  }

  void end(TaskOutcome outcome) {
    synchronized (this) {
      outcomes.merge(outcome, 1L, Long::sum);
    }
    inWhole(tally -> tally.end(outcome));
  }

  void failed(Lease lease, String reason) {
    synchronized (this) {
      lastFailure = new WorkerReport.FailedAttempt(lease.id(), lease.attempt(), reason);
    }
    inWhole(tally -> tally.failed(lease, reason));
  }

  void executedFor(Duration time) {
    synchronized (this) {
      previousExecution = time;
    }
    inWhole(tally -> tally.executedFor(time));
  }

  /** Notes a look for tasks that found none. */
  void triedInVain() {
    synchronized (this) {
      triesInVain++;
    }
    inWhole(Tally::triedInVain);
  }

  /** The queue is worked on no more, since there is this trouble with it. */
  synchronized void gaveUp(Exception why) {
    trouble = why;
  }

  private void inWhole(Consumer<Tally> note) {
    if (whole != null) {
      note.accept(whole);
    }
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
        lastFailure,
        parts.stream().map(Tally::ofQueue).toList());
  }

  private synchronized WorkerReport.OfQueue ofQueue() {
    return new WorkerReport.OfQueue(
        queue,
        begun,
        count(TaskOutcome.COMPLETED),
        count(TaskOutcome.FAILED),
        count(TaskOutcome.DEAD),
        count(TaskOutcome.LOST),
        count(TaskOutcome.RELEASED),
        trouble);
  }

  private long count(TaskOutcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }
}
