package dev.fq.spi;

/** What not every backend can do. Ask {@link QueueBackend#capabilities} before. */
public enum Capability {
  /**
   * {@link QueueBackend#list}, {@link QueueBackend#entries}, {@link QueueBackend#peek}, and to
   * lease, delete and complete by ids.
   */
  LIST,
  /** {@link QueueBackend#releaseAll}. */
  RELEASE_ALL,
  /**
   * A lease that is released uses up no attempt. Elsewhere the service counts every lease, whatever
   * becomes of it.
   */
  UNCOUNTED_RELEASE,
  /**
   * {@code inserted} and {@code completed} of {@link QueueStats}, and {@link QueueBackend#rezero}.
   */
  COUNTERS,
  /** How many tasks wait, are delayed and are leased, and {@link QueueBackend#isEmpty}. */
  SIZE,
  /** The figures of {@link QueueStats} are counted; those of other backends are estimates. */
  EXACT_COUNTS,
  /**
   * An id that another task of the queue has is not taken twice, {@link QueueProducer#insert}. A
   * service may drop such a task without a word, and for some time only, as its documents say.
   */
  UNIQUE_IDS,
  /** Tasks can be inserted with a delay. */
  DELAY,
  /** {@link QueueProducer#insertBundled}. */
  BUNDLES,
  /** {@link QueueAdmin#closeGate}. */
  GATES,
  /** {@link QueueAdmin#limit(Limit)}. */
  LIMITS,
  /** {@link QueueAdmin#outcomes}. */
  OUTCOMES,
  /** {@link QueueAdmin#output}. */
  OUTPUT,
  /**
   * Whoever has lost a lease is told, whatever the other holder does. Without it a verb on a lost
   * lease may seem to succeed, and what it did to the task is unknown.
   */
  FENCING
}
