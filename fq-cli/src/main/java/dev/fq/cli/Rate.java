package dev.fq.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/** How fast a count grew over the last minute. */
final class Rate {

  private static final Duration WINDOW = Duration.ofMinutes(1);

  private record Sample(Instant at, long count) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  void add(Instant at, long count) {
    if (!samples.isEmpty() && samples.getLast().count > count) {
      // Somebody set the count to zero.
      samples.clear();
    }
    samples.addLast(new Sample(at, count));
    while (samples.getFirst().at.isBefore(at.minus(WINDOW))) {
      samples.removeFirst();
    }
  }

  /** Per second; empty before there are two samples. */
  OptionalDouble perSecond() {
    if (samples.size() < 2) {
      return OptionalDouble.empty();
    }
    Duration time = Duration.between(samples.getFirst().at, samples.getLast().at);
    long grown = samples.getLast().count - samples.getFirst().count;
    return time.isZero() ? OptionalDouble.empty() : OptionalDouble.of(grown * 1e9 / time.toNanos());
  }

  /** How long it takes to do so many at this rate; empty when nothing is done. */
  Optional<Duration> timeFor(long left) {
    double rate = perSecond().orElse(0);
    return rate > 0
        ? Optional.of(Duration.ofSeconds((long) Math.ceil(left / rate)))
        : Optional.empty();
  }
}
