package dev.fq.sqs;

import dev.fq.spi.Arguments;
import java.time.Duration;

/**
 * What the service allows, as of 2026-11.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html">Amazon
 *     SQS message quotas</a>
 */
final class Limits {

  /** Entries in a batch request, and messages in an answer to a receive. */
  static final int BATCH_ENTRIES = 10;

  /** Bytes of a message, and of all messages of a batch request, attributes included: 1 MiB. */
  static final int BYTES = 1_048_576;

  static final Duration LONGEST_DELAY = Duration.ofMinutes(15);
  static final Duration LONGEST_POLL = Duration.ofSeconds(20);

  /** From the receive on, all renewals included. */
  static final Duration LONGEST_LEASE = Duration.ofHours(12);

  private Limits() {}

  /** Whole seconds, rounded up. */
  static int seconds(Duration time) {
    return (int) Math.min(Integer.MAX_VALUE, time.plusNanos(999_999_999).toSeconds());
  }

  static void requireDelay(Duration delay) {
    if (delay.compareTo(LONGEST_DELAY) > 0) {
      throw new IllegalArgumentException(
          "delay: SQS takes at most %s minutes, found %s"
              .formatted(LONGEST_DELAY.toMinutes(), delay));
    }
  }

  static void requireLease(Duration duration) {
    Arguments.positive("lease duration", duration);
    if (duration.compareTo(LONGEST_LEASE) > 0) {
      throw new IllegalArgumentException(
          "lease duration: SQS takes at most %s hours, found %s"
              .formatted(LONGEST_LEASE.toHours(), duration));
    }
  }
}
