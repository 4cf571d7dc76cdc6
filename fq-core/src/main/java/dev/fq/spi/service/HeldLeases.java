package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The leases that this process holds, by message. A service takes a handle again and again while
 * the message is out: that a lease has been renewed, given back or ended is known here first, and
 * what another process does is the service's word.
 */
public final class HeldLeases {

  private static final int MANY = 10_000;

  private final Map<String, Receipt> held = new ConcurrentHashMap<>();

  /** Nothing is held yet. */
  public HeldLeases() {}

  /** Remembers a lease, and forgets what was held of the same message before. */
  public void add(Receipt receipt, Instant now) {
    if (held.size() > MANY) {
      // Whoever lost a lease has not told us.
      held.values().removeIf(old -> old.end().isBefore(now));
    }
    held.put(receipt.messageId(), receipt);
  }

  /**
   * The receipt of a lease that counts, as it was last renewed.
   *
   * @throws LeaseLostException if it was renewed since, ended, or followed by another here
   */
  public Receipt current(Lease lease) throws LeaseLostException {
    Receipt receipt = Receipt.of(lease);
    if (!receipt.equals(held.get(receipt.messageId()))) {
      throw new LeaseLostException(lease);
    }
    return receipt;
  }

  /** The receipt of an attempt that counts, whether or not the lease was renewed since. */
  public Optional<Receipt> attempt(Lease lease) {
    Receipt receipt = Receipt.of(lease);
    return Optional.ofNullable(held.get(receipt.messageId()))
        .filter(last -> last.handle().equals(receipt.handle()));
  }

  /** The lease goes on under another receipt. */
  public void renewed(Receipt before, Receipt after) {
    held.replace(before.messageId(), before, after);
  }

  /** The lease has ended. */
  public void remove(Receipt receipt) {
    held.remove(receipt.messageId(), receipt);
  }

  /** All leases have ended. */
  public void clear() {
    held.clear();
  }
}
