package dev.fq.spi;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
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

    /**
     * Adds what attempts returned that are about to be completed. When this returns, every host can
     * read it.
     *
     * @throws IOException if it cannot be written; then part of it may be
     */
    void returned(List<TaskResult> results) throws IOException;

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
   * What tasks returned, in the order of time, lazily; to be closed. Only what was written when
   * this is called, which reads all of it once. Trouble on the way comes as {@link
   * java.io.UncheckedIOException}.
   *
   * <p>One result an id: the first, but for those of attempts that are known to have lost their
   * task, which count only if there is no other, and come at the end. A task has several when a
   * worker was killed, or lost its lease, between writing the result and completing the task.
   *
   * @param which picks the tasks
   */
  Stream<TaskResult> results(Predicate<? super TaskId> which) throws IOException;

  /**
   * Removes files to which nothing was written since this time.
   *
   * @return how many
   */
  long prune(Instant before) throws IOException;
}
