package dev.fq.spi;

import java.io.IOException;

/**
 * An insert that failed on its way. The first {@link #inserted()} tasks, in the order in which they
 * were given, are in the queue; the others are not.
 */
public final class PartialInsertException extends IOException {

  private static final long serialVersionUID = 1;

  private final long inserted;

  public PartialInsertException(long inserted, Throwable cause) {
    super("insert failed after %d tasks: %s".formatted(inserted, cause.getMessage()), cause);
    this.inserted = inserted;
  }

  /** How many of the given tasks, from the first, are in the queue. */
  public long inserted() {
    return inserted;
  }
}
