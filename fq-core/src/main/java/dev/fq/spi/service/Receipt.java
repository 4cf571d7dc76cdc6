package dev.fq.sqs;

import dev.fq.spi.Lease;
import java.time.Instant;
import java.util.List;

/**
 * What a lease's receipt says here.
 *
 * @param messageId the message
 * @param generation how often the lease was renewed
 * @param receivedAt when the message was received: the service ends all leases of that receive
 *     twelve hours later
 * @param handle the service's receipt handle, which stays the same when a lease is renewed
 */
record Receipt(String messageId, int generation, Instant receivedAt, String handle) {

  private static final String SEPARATOR = " ";

  /**
   * @throws IllegalArgumentException if the lease is another backend's
   */
  static Receipt of(Lease lease) {
    List<String> parts = List.of(lease.receipt().split(SEPARATOR, 4));
    try {
      return new Receipt(
          parts.get(0), Integer.parseInt(parts.get(1)), Instant.parse(parts.get(2)), parts.get(3));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "receipt \"%s\" of %s: expected one of SQS".formatted(lease.receipt(), lease), e);
    }
  }

  Receipt renewed() {
    return new Receipt(messageId, generation + 1, receivedAt, handle);
  }

  Instant end() {
    return receivedAt.plus(Limits.LONGEST_LEASE);
  }

  @Override
  public String toString() {
    return messageId + SEPARATOR + generation + SEPARATOR + receivedAt + SEPARATOR + handle;
  }
}
