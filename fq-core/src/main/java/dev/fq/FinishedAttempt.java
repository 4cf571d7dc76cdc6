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

  Lease lease() {
    return task.lease();
  }

  boolean isDone() {
    return failure == null;
  }
}
