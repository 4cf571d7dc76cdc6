package dev.fq;

import java.time.Duration;
import java.util.Random;

/**
 * Times that double with every try, up to a bound, each cut by a random part of up to a half, so
 * that those who failed together do not come back together.
 *
 * <p>A task that throws an exception which means "not now" keeps its slot and its lease for such a
 * time. Rejected: giving it back, which would use up an attempt each time on services.
 */
final class Backoff {

  private static final int MAX_DOUBLINGS = 30;

  private final Duration min;
  private final Duration max;
  private final Random random;

  Backoff(Duration min, Duration max, Random random) {
    this.min = min;
    this.max = max;
    this.random = random;
  }

  /** The same that begins with this time, and ends with no shorter one. */
  Backoff from(Duration start) {
    return new Backoff(start, start.compareTo(max) > 0 ? start : max, random);
  }

  /** The same that ends with this time at the latest. */
  Backoff upTo(Duration bound) {
    return new Backoff(min, max.compareTo(bound) < 0 ? max : bound, random);
  }

  /** The time to let pass after so many tries in vain, from 1. */
  Duration after(int tries) {
    Duration full = min.multipliedBy(1L << Math.min(tries - 1, MAX_DOUBLINGS));
    Duration bounded = full.compareTo(max) < 0 ? full : max;
    double part = 0.5 + random.nextDouble() / 2;
    return Duration.ofNanos((long) (bounded.toNanos() * part));
  }
}
