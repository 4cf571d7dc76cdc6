package dev.fq.spi;

/** What not every backend can do. Ask {@link QueueBackend#capabilities} before. */
public enum Capability {
  /**
   * {@link QueueBackend#list}, {@link QueueBackend#entries}, {@link QueueBackend#peek}, and to
   * delete and complete by ids.
   */
  LIST,
  /** {@link QueueBackend#releaseAll}. */
  RELEASE_ALL,
  /**
   * {@code inserted} and {@code completed} of {@link QueueStats}, and {@link QueueBackend#rezero}.
   */
  COUNTERS,
  /** The figures of {@link QueueStats} are counted; those of other backends are estimates. */
  EXACT_COUNTS
}
