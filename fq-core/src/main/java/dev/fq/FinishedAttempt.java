package dev.fq;

import dev.fq.spi.Lease;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a task that was made, and of which the queue does not know yet.
 *
 * @param begun when
 * @param time how long it took
 * @param failure null when the task is done
 */
record FinishedAttempt(
    HeldTask task, TaskContext context, Instant begun, Duration time, @Nullable Throwable failure) {

  private static final int LONG_RESULT = 4096;

  Lease lease() {
    return task.lease();
  }

  boolean isDone() {
    return failure == null;
  }

  /** Whether its result is not to wait in memory with those of many others. */
  boolean hasLongResult() {
    String result = task.notes().result();
    return result != null && result.length() > LONG_RESULT;
  }
}
