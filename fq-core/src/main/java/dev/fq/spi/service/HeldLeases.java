package dev.fq.sqs;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The leases that this process holds, by message. The service takes a receipt handle again and
 * again while the message is in flight: that a lease has been renewed, given back or ended is known
 * here first, and what another process does is the service's word.
 */
final class HeldLeases {

  private static final int MANY = 10_000;

  private final Map<String, Receipt> held = new ConcurrentHashMap<>();

  void add(Receipt receipt, Instant now) {
    if (held.size() > MANY) {
      // Whoever lost a lease has not told us.
      held.values().removeIf(old -> old.end().isBefore(now));
    }
    held.put(receipt.messageId(), receipt);
  }

  /** The receipt of a lease that counts, as it was last renewed. */
  Receipt current(Lease lease) throws LeaseLostException {
    Receipt receipt = Receipt.of(lease);
    if (!receipt.equals(held.get(receipt.messageId()))) {
      throw new LeaseLostException(lease);
    }
    return receipt;
  }

  /** The receipt of an attempt that counts, whether or not the lease was renewed since. */
  Optional<Receipt> attempt(Lease lease) {
    Receipt receipt = Receipt.of(lease);
    return Optional.ofNullable(held.get(receipt.messageId()))
        .filter(last -> last.handle().equals(receipt.handle()));
  }

  void renewed(Receipt before, Receipt after) {
    held.replace(before.messageId(), before, after);
  }

  void remove(Receipt receipt) {
    held.remove(receipt.messageId(), receipt);
  }
}
