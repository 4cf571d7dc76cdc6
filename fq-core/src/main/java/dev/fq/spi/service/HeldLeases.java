package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

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

  /** Whether a call that was to end a lease has ended it; not when the service says it is lost. */
  @FunctionalInterface
  public interface Ending {
    /** Waits for the answer. */
    boolean isDone(CompletableFuture<?> answer) throws IOException;
  }

  /**
   * Ends those of these leases that count, all at once.
   *
   * @return how many
   */
  public long endEach(
      List<Lease> leases, Function<Receipt, CompletableFuture<?>> call, Ending ending)
      throws IOException {
    Map<Receipt, CompletableFuture<?>> answers = new LinkedHashMap<>();
    for (Lease lease : leases) {
      attempt(lease).ifPresent(counts -> answers.put(counts, call.apply(counts)));
    }
    long ended = 0;
    for (Map.Entry<Receipt, CompletableFuture<?>> answer : answers.entrySet()) {
      ended += ending.isDone(answer.getValue()) ? 1 : 0;
      remove(answer.getKey());
    }
    return ended;
  }

  /** All leases have ended. */
  public void clear() {
    held.clear();
  }
}
