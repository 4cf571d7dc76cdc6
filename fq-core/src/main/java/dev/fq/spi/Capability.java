package dev.fq.spi;

/** What not every backend can do. Ask {@link QueueBackend#capabilities} before. */
public enum Capability {
  /** {@link QueueBackend#list} and {@link QueueBackend#peek}. */
  LIST,
  /** {@link QueueBackend#releaseAll}. */
  RELEASE_ALL,
  /**
   * {@code inserted} and {@code completed} of {@link QueueStats}, and {@link QueueBackend#rezero}.
   */
  COUNTERS
}
