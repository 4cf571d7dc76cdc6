package dev.fq.spi;

import java.util.OptionalLong;

/**
 * How many tasks there are, by state, and how many there have been. Empty is what a backend cannot
 * tell. The figures are read one after the other while others work: their sum may be off by what
 * moved meanwhile.
 *
 * @param waiting leasable now
 * @param delayed leasable later
 * @param leased being worked on
 * @param dead given up
 * @param inserted inserted since the last rezero
 * @param completed completed since the last rezero
 */
public record QueueStats(
    OptionalLong waiting,
    OptionalLong delayed,
    OptionalLong leased,
    OptionalLong dead,
    OptionalLong inserted,
    OptionalLong completed) {

  /** The figures of a backend that can tell them all. */
  public static QueueStats of(
      long waiting, long delayed, long leased, long dead, long inserted, long completed) {
    return new QueueStats(
        OptionalLong.of(waiting),
        OptionalLong.of(delayed),
        OptionalLong.of(leased),
        OptionalLong.of(dead),
        OptionalLong.of(inserted),
        OptionalLong.of(completed));
  }

  /** Tasks that are not done: waiting, delayed or leased; empty if how many wait is not known. */
  public OptionalLong enqueued() {
    return waiting.isEmpty()
        ? waiting
        : OptionalLong.of(waiting.getAsLong() + delayed.orElse(0) + leased.orElse(0));
  }
}
