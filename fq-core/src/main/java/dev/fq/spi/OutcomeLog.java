package dev.fq.spi;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Where workers write what became of each attempt that they made, for as long as somebody keeps it.
 * Written beside the queue: what is written here changes no task, and trouble with it stops no
 * worker.
 */
public interface OutcomeLog {

  /** What one worker writes. */
  interface Writer extends Closeable {

    /**
     * Adds an outcome, soon and not at once. Waits for no file; trouble is logged, and what cannot
     * be written for long is dropped and counted in the log.
     */
    void add(Outcome outcome);

    /** Writes what is left, as far as that can be. */
    @Override
    void close();
  }

  /** Whether all workers are to write here, as {@link #ask} says. */
  boolean isAsked();

  /** Says whether workers that start from now on are to write here. */
  void ask(boolean on) throws IOException;

  /** Begins to write. Nothing is made before the first outcome comes. */
  Writer writer();

  /**
   * What was written, in the order in which attempts ended, lazily; to be closed. What cannot be
   * read is passed over, and a line that is not whole, since its worker was killed while it wrote.
   * Trouble on the way comes as {@link java.io.UncheckedIOException}.
   *
   * @param since only attempts that ended at this time or later
   */
  Stream<Outcome> read(Instant since) throws IOException;

  /**
   * Removes files to which nothing was written since this time.
   *
   * @return how many
   */
  long prune(Instant before) throws IOException;
}
