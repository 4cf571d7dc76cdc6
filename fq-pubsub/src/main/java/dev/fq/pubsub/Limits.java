package dev.fq.pubsub;

import dev.fq.spi.Arguments;
import dev.fq.spi.NewTask;
import java.time.Duration;
import java.util.Locale;

/**
 * What the service allows, as of 2026-11.
 *
 * @see <a href="https://cloud.google.com/pubsub/quotas#resource_limits">Pub/Sub resource limits</a>
 */
final class Limits {

  /** Bytes of a publish request; a message's data may have as many. */
  static final int REQUEST_BYTES = 10_000_000;

  /** What a request has beside the data of its one message: names, lengths. */
  private static final int REQUEST_OVERHEAD = 1_000;

  static final int MESSAGES_PER_REQUEST = 1_000;

  /** An id of a delivery has up to 200 bytes; a request may have 512 KiB of them. */
  static final int ACK_IDS_PER_REQUEST = 1_000;

  /** Bytes of an attribute's value. */
  static final int ATTRIBUTE_BYTES = 1_024;

  static final Duration SHORTEST_LEASE = Duration.ofSeconds(10);
  static final Duration LONGEST_LEASE = Duration.ofMinutes(10);

  /** How long a subscription keeps what is not acknowledged, at most. */
  static final Duration RETENTION = Duration.ofDays(31);

  /** Deliveries after which a dead-letter policy forwards a message: 5 to 100. */
  static final int MOST_DELIVERIES = 100;

  private Limits() {}

  /** Whole seconds, rounded up. */
  private static int seconds(Duration time) {
    return (int) time.plusNanos(999_999_999).toSeconds();
  }

  /** How many seconds a lease that is asked for so long lasts at a time. */
  static int secondsOfLease(Duration asked) {
    Arguments.positive("lease duration", asked);
    Duration atLeast = asked.compareTo(SHORTEST_LEASE) < 0 ? SHORTEST_LEASE : asked;
    return secondsOfDelay(atLeast);
  }

  /** How many seconds a task is kept back that is to come again after so long. */
  static int secondsOfDelay(Duration asked) {
    return seconds(asked.compareTo(LONGEST_LEASE) < 0 ? asked : LONGEST_LEASE);
  }

  static void requireNoDelay(NewTask task) {
    if (!task.delay().isZero()) {
      throw new IllegalArgumentException(
          "delay: Pub/Sub takes none, found %s of task %s".formatted(task.delay(), task.id()));
    }
  }

  static void requireSize(NewTask task, int bytes) {
    int most = REQUEST_BYTES - REQUEST_OVERHEAD;
    if (bytes > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task %s has %,d bytes, and Pub/Sub takes at most %,d",
              task.id(),
              bytes,
              most));
    }
  }
}
