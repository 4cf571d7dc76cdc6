package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The leases that this process holds, by message. A service takes a handle again and again while
 * the message is out: that a lease has been given back or ended is known here first, and what
 * another process does is the service's word.
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
   * The receipt of a lease that counts.
   *
   * @throws LeaseLostException if it was ended, or followed by another here
   */
  public Receipt current(Lease lease) throws LeaseLostException {
    Receipt receipt = Receipt.of(lease);
    if (!isHeld(receipt)) {
      throw new LeaseLostException(lease);
    }
    return receipt;
  }

  private boolean isHeld(Receipt receipt) {
    return receipt.equals(held.get(receipt.messageId()));
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
      Receipt receipt = Receipt.of(lease);
      if (isHeld(receipt)) {
        answers.put(receipt, call.apply(receipt));
      }
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
