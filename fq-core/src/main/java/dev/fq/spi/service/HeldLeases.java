package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.PartialEndException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
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
   * @return those that no longer count
   * @throws PartialEndException if some could not be ended
   */
  public List<Lease> endEach(
      List<Lease> leases, Function<Receipt, CompletableFuture<?>> call, Ending ending)
      throws PartialEndException {
    List<Lease> lost = new ArrayList<>();
    Map<Lease, CompletableFuture<?>> answers = new LinkedHashMap<>();
    for (Lease lease : leases) {
      Receipt receipt = Receipt.of(lease);
      if (isHeld(receipt) && !answers.containsKey(lease)) {
        answers.put(lease, call.apply(receipt));
      } else {
        lost.add(lease);
      }
    }
    List<Lease> unended = new ArrayList<>();
    IOException trouble = null;
    for (Map.Entry<Lease, CompletableFuture<?>> answer : answers.entrySet()) {
      try {
        if (!ending.isDone(answer.getValue())) {
          lost.add(answer.getKey());
        }
        remove(Receipt.of(answer.getKey()));
      } catch (IOException e) {
        unended.add(answer.getKey());
        trouble = trouble == null ? e : trouble;
      }
    }
    if (trouble != null) {
      throw new PartialEndException(unended, lost, trouble);
    }
    return lost;
  }

  /** All leases have ended. */
  public void clear() {
    held.clear();
  }
}
