package dev.fq;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An insert that failed on its way: some tasks are in the queue, and others are not. The cause says
 * why.
 */
public final class IncompleteInsertException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * Some tasks in a row, by their places in the source.
   *
   * @param from the first, counted from 0
   * @param to one after the last; {@link Long#MAX_VALUE} for the end of the source, wherever that
   *     is
   */
  public record Range(long from, long to) implements Serializable {
    @Override
    public String toString() {
      if (to == Long.MAX_VALUE) {
        return from + " and on";
      }
      return to == from + 1 ? Long.toString(from) : from + " to " + (to - 1);
    }
  }

  private final long inserted;
  private final Range[] missing;

  IncompleteInsertException(long inserted, List<Range> missing, Throwable cause) {
    super(
        "inserted %s tasks, and not those at %s (counted from 0): %s"
            .formatted(
                inserted,
                missing.stream().map(Range::toString).collect(Collectors.joining(", ")),
                cause.getMessage() == null ? cause.toString() : cause.getMessage()),
        cause);
    this.inserted = inserted;
    this.missing = missing.toArray(Range[]::new);
  }

  /** How many tasks are in the queue. */
  public long inserted() {
    return inserted;
  }

  /** Which tasks are not in the queue, in the order of the source. */
  public List<Range> missing() {
    return List.of(missing);
  }
}
