package dev.fq;

import dev.fq.spi.Arguments;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When a worker shall stop by itself. What is not given never stops it.
 *
 * @param maxTasks how many tasks it may begin
 * @param timeLimit how long it may begin tasks
 * @param hardTimeLimit how long it may run
 * @param idleTimeout how long it may have nothing to do
 * @param own the caller's own conditions
 * @param conditionInterval how long the worker may sleep before it asks for that again
 */
record StopConditions(
    long maxTasks,
    Duration timeLimit,
    Duration hardTimeLimit,
    Duration idleTimeout,
    List<Condition> own,
    Duration conditionInterval) {

  /**
   * A condition of the caller's.
   *
   * @param text what it means that it holds, for the log
   */
  record Condition(String text, Predicate<? super WorkerReport> test) {}

  /**
   * The end of leasing.
   *
   * @param text the reason in words
   */
  record Stop(StopReason reason, String text) {
    Stop(StopReason reason) {
      this(reason, reason.toString());
    }
  }

  /** As good as for ever. */
  static final Duration FOREVER = Arguments.LONGEST;

  /** Why to stop now, or null. */
  @Nullable Stop stop(WorkerReport soFar, Duration idle) {
    if (soFar.begun() >= maxTasks) {
      return new Stop(StopReason.MAX_TASKS);
    }
    if (soFar.elapsed().compareTo(hardTimeLimit) >= 0) {
      return new Stop(StopReason.HARD_TIME_LIMIT);
    }
    if (soFar.elapsed().compareTo(timeLimit) >= 0) {
      return new Stop(StopReason.TIME_LIMIT);
    }
    if (idle.compareTo(idleTimeout) >= 0) {
      return new Stop(StopReason.IDLE);
    }
    for (Condition condition : own) {
      if (condition.test.test(soFar)) {
        return new Stop(StopReason.CONDITION, condition.text);
      }
    }
    return null;
  }

  /** Whether none of these has to be looked at before each task. */
  boolean leaveSlotsAlone() {
    return maxTasks == Long.MAX_VALUE && own.isEmpty();
  }

  /** How many of so many free slots may be filled. */
  int mayBegin(int free, long begun) {
    return (int) Math.min(free, maxTasks - begun);
  }

  /** How long the worker may sleep before one of these could hold. */
  Duration mayWait(Instant start, @Nullable Instant idleSince, Instant now) {
    Duration limit = shorter(timeLimit, hardTimeLimit);
    Duration wait = shorter(Duration.between(now, start.plus(limit)), conditionInterval);
    return idleSince == null
        ? wait
        : shorter(wait, Duration.between(now, idleSince.plus(idleTimeout)));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
