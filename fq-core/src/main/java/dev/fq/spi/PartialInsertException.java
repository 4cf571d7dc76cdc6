package dev.fq.spi;

import java.io.IOException;
import java.util.BitSet;

/**
 * An insert that failed on its way: some of the given tasks are in the queue, the others are not.
 */
public final class PartialInsertException extends IOException {

  private static final long serialVersionUID = 2;

  private final int given;
  private final BitSet missing;

  /**
   * @param given how many tasks were to be inserted
   * @param missing the places of those that are not in the queue, counted from 0
   * @param cause why
   */
  public PartialInsertException(int given, BitSet missing, Throwable cause) {
    super(
        "%d of %d tasks were inserted: %s"
            .formatted(given - missing.cardinality(), given, cause.getMessage()),
        cause);
    this.given = given;
    this.missing = (BitSet) missing.clone();
  }

  /** Of the given tasks the first so many are in the queue. */
  public static PartialInsertException afterFirst(int inserted, int given, Throwable cause) {
    BitSet missing = new BitSet();
    missing.set(inserted, given);
    return new PartialInsertException(given, missing, cause);
  }

  /** How many of the given tasks are in the queue. */
  public int inserted() {
    return given - missing.cardinality();
  }

  /** The places of those that are not, counted from 0. */
  public BitSet missing() {
    return (BitSet) missing.clone();
  }
}
