package dev.fq.spi;

import java.time.Duration;

/** The checks of arguments that all backends share. */
public final class Arguments {

  /** A hundred years: longer than anybody waits, and short enough for every backend's dates. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  private Arguments() {}

  /**
   * The arguments of {@link QueueBackend#lease}.
   *
   * @throws IllegalArgumentException naming the argument that is out of range
   */
  public static void ofLease(int max, Duration duration, Duration wait) {
    if (max < 1) {
      throw new IllegalArgumentException("max: expected 1 or more, found " + max);
    }
    positive("lease duration", duration);
    notNegative("wait", wait);
  }

  /**
   * A time that must not be zero.
   *
   * @throws IllegalArgumentException if the value is zero, negative, or above {@link #LONGEST}
   */
  public static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + ": expected more than zero, found " + value);
    }
    requireReachable(name, value);
  }

  /**
   * A time that may be zero.
   *
   * @throws IllegalArgumentException if the value is negative, or above {@link #LONGEST}
   */
  public static void notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": expected zero or more, found " + value);
    }
    requireReachable(name, value);
  }

  /**
   * Two times between which others lie.
   *
   * @throws IllegalArgumentException if {@code min} is not {@link #positive}, or above {@code max}
   */
  public static void range(String name, Duration min, Duration max) {
    positive(name, min);
    if (max.compareTo(min) < 0) {
      throw new IllegalArgumentException(
          "%s: expected a maximum of at least %s, found %s".formatted(name, min, max));
    }
    requireReachable(name, max);
  }

  private static void requireReachable(String name, Duration value) {
    if (value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s: expected at most %s days, found %s"
              .formatted(name, LONGEST.toDays(), value.toDays()));
    }
  }
}
