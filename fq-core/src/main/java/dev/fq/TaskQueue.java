package dev.fq;

import dev.fq.spi.Arguments;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue of tasks, made comfortable: streams of any length go in, in batches and in constant
 * memory. All methods may be called by any number of threads.
 */
public final class TaskQueue implements AutoCloseable {

  private static final int BATCH = 256;
  private static final Duration FIRST_LOOK = Duration.ofMillis(100);
  private static final Duration LAST_LOOK = Duration.ofSeconds(5);

  private final QueueBackend backend;

  private TaskQueue(QueueBackend backend) {
    this.backend = backend;
  }

  /**
   * Opens the queue at this address: a path, {@code fq://…}, or a URL of another backend that is on
   * the class path.
   *
   * @throws dev.fq.spi.NoQueueException if there is none and {@code mode} makes none, or if
   *     something else is there
   * @throws IllegalArgumentException if the address is not understood
   */
  public static TaskQueue open(String url, OpenMode mode) throws IOException {
    return open(QueueUrl.parse(url), mode);
  }

  /** Opens the queue at this address; for the rest as {@link #open(String, OpenMode)}. */
  public static TaskQueue open(QueueUrl url, OpenMode mode) throws IOException {
    return new TaskQueue(QueueBackendProvider.openQueue(url, mode));
  }

  /** The queue behind this one, with all verbs. */
  public QueueBackend backend() {
    return backend;
  }

  /**
   * Inserts what the iterator gives, while it gives it: the first tasks are in the queue before the
   * last is asked for, and no more than one batch is in memory.
   *
   * @param delay how long each task must not be leased after its insert
   * @param progress is told how many have been inserted so far, after each batch
   * @return how many were inserted
   * @throws PartialInsertException if the queue or the iterator fails on the way; all that the
   *     iterator gave before it failed is inserted, and the exception of either is the cause
   */
  public long insert(Iterator<Payload> payloads, Duration delay, LongConsumer progress)
      throws IOException {
    long inserted = 0;
    RuntimeException end = null;
    while (end == null && payloads.hasNext()) {
      List<NewTask> batch = new ArrayList<>(BATCH);
      end = fill(batch, payloads, delay);
      insertBatch(batch, inserted);
      inserted += batch.size();
      progress.accept(inserted);
    }
    if (end != null) {
      throw new PartialInsertException(inserted, end);
    }
    return inserted;
  }

  private static @Nullable RuntimeException fill(
      List<NewTask> batch, Iterator<Payload> payloads, Duration delay) {
    try {
      while (batch.size() < BATCH && payloads.hasNext()) {
        batch.add(NewTask.of(payloads.next(), delay));
      }
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private void insertBatch(List<NewTask> batch, long before) throws IOException {
    try {
      backend.insert(batch);
    } catch (PartialInsertException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new PartialInsertException(before + e.inserted(), cause);
    }
  }

  /** How many tasks there are and have been. */
  public QueueStats stats() throws IOException {
    return backend.stats();
  }

  /**
   * Waits until no task is waiting, delayed or leased.
   *
   * @param timeout how long to wait at most
   * @param seen is told the figures at each look
   * @return whether the queue was seen empty; false when the time was up before
   * @throws IllegalArgumentException if the timeout is negative
   */
  public boolean awaitEmpty(Duration timeout, Consumer<QueueStats> seen)
      throws IOException, InterruptedException {
    Arguments.notNegative("timeout", timeout);
    long end = System.nanoTime() + timeout.toNanos();
    long look = FIRST_LOOK.toNanos();
    while (true) {
      QueueStats stats = backend.stats();
      seen.accept(stats);
      if (stats.enqueued() == 0 && backend.isEmpty()) {
        return true;
      }
      long rest = end - System.nanoTime();
      if (rest <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(look, rest));
      look = Math.min(look * 2, LAST_LOOK.toNanos());
    }
  }

  @Override
  public void close() throws IOException {
    backend.close();
  }

  @Override
  public String toString() {
    return backend.url();
  }
}
