package dev.fq.spi.service;

import dev.fq.spi.Lease;
import java.time.Instant;
import java.util.List;

/**
 * What the receipt of a lease says where a service hands out messages under handles of its own.
 *
 * @param messageId the message
 * @param end after which no renewal helps
 * @param handle the service's handle of this delivery, which stays the same when it is renewed
 */
public record Receipt(String messageId, Instant end, String handle) {

  private static final String SEPARATOR = " ";

  /**
   * The receipt of this lease.
   *
   * @throws IllegalArgumentException if the lease is another backend's
   */
  public static Receipt of(Lease lease) {
    List<String> parts = List.of(lease.receipt().split(SEPARATOR, 3));
    try {
      return new Receipt(parts.get(0), Instant.parse(parts.get(1)), parts.get(2));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "receipt \"%s\" of %s: expected one of this kind of queue"
              .formatted(lease.receipt(), lease),
          e);
    }
  }

  @Override
  public String toString() {
    return messageId + SEPARATOR + end + SEPARATOR + handle;
  }
}
