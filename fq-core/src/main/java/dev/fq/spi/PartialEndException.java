package dev.fq.spi;

import java.io.IOException;
import java.util.List;

/** Some of the given leases could not be ended for trouble with the store; the others are over. */
public final class PartialEndException extends IOException {

  private static final long serialVersionUID = 1;

  private final transient List<Lease> unended;
  private final transient List<Lease> lost;

  /**
   * @param unended those of which the store has not said that they are over
   * @param lost those that no longer counted
   * @param cause why, of the first
   */
  public PartialEndException(List<Lease> unended, List<Lease> lost, Throwable cause) {
    super("%s leases could not be ended: %s".formatted(unended.size(), cause.getMessage()), cause);
    this.unended = List.copyOf(unended);
    this.lost = List.copyOf(lost);
  }

  /** Those that may still count. */
  public List<Lease> unended() {
    return unended == null ? List.of() : unended;
  }

  /** Those that no longer counted, as {@link QueueConsumer#completeEach} says. */
  public List<Lease> lost() {
    return lost == null ? List.of() : lost;
  }
}
