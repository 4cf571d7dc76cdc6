package dev.fq.spi;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * An insert that failed on its way: some of the given tasks are in the queue, the others are not.
 */
public final class PartialInsertException extends IOException {

  private static final long serialVersionUID = 3;

  private final int given;
  private final BitSet missing;
  private final HashSet<TaskId> refused;

  /**
   * @param given how many tasks were to be inserted
   * @param missing the places of those that are not in the queue, counted from 0
   * @param cause why
   */
  public PartialInsertException(int given, BitSet missing, Throwable cause) {
    this(given, missing, Set.of(), cause);
  }

  /**
   * @param given how many tasks were to be inserted
   * @param missing the places of those that are not in the queue, counted from 0
   * @param refused the ids of those that were refused, as {@link QueueBackend#insert} says; they
   *     are not missing
   * @param cause why
   */
  public PartialInsertException(int given, BitSet missing, Set<TaskId> refused, Throwable cause) {
    super(
        "%s of %s tasks were inserted: %s"
            .formatted(given - missing.cardinality() - refused.size(), given, cause.getMessage()),
        cause);
    this.given = given;
    this.missing = (BitSet) missing.clone();
    this.refused = new HashSet<>(refused);
  }

  /** How many of the given tasks were inserted. */
  public int inserted() {
    return given - missing.cardinality() - refused.size();
  }

  /** The ids of those that were refused, since another task of the queue has them. */
  public Set<TaskId> refused() {
    return Set.copyOf(refused);
  }

  /** The places of those that are neither inserted nor refused, counted from 0. */
  public BitSet missing() {
    return (BitSet) missing.clone();
  }
}
