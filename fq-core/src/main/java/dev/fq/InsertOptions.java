package dev.fq;

import dev.fq.spi.Arguments;
import java.time.Duration;

/**
 * How tasks are inserted. Immutable; {@code InsertOptions.none().delay(…).parallel(4)}.
 *
 * @param delay how long no task may be leased after its insert; zero unless set
 * @param total how many tasks there will be, for progress; negative, which is unless set, for what
 *     the source knows of itself, if it does
 * @param parallel how many batches are on their way at once, each by a thread of its own; 1 unless
 *     set, which is the caller's
 * @param progress is told after each batch; nobody unless set
 */
public record InsertOptions(Duration delay, long total, int parallel, ProgressListener progress) {

  private static final InsertOptions NONE =
      new InsertOptions(Duration.ZERO, -1, 1, ProgressListener.NONE);

  /**
   * @throws IllegalArgumentException if the delay is negative, or {@code parallel} is below 1
   */
  public InsertOptions {
    Arguments.notNegative("delay", delay);
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel: expected 1 or more, found " + parallel);
    }
  }

  /** Nothing set. */
  public static InsertOptions none() {
    return NONE;
  }

  /** The same, with this delay. */
  public InsertOptions delay(Duration time) {
    return new InsertOptions(time, total, parallel, progress);
  }

  /** The same, with this total. */
  public InsertOptions total(long count) {
    return new InsertOptions(delay, count, parallel, progress);
  }

  /** The same, with so many batches on their way at once. */
  public InsertOptions parallel(int batches) {
    return new InsertOptions(delay, total, batches, progress);
  }

  /** The same, with this listener. */
  public InsertOptions progress(ProgressListener listener) {
    return new InsertOptions(delay, total, parallel, listener);
  }
}
