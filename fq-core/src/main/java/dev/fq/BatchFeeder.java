package dev.fq;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.IntStream;

/**
 * Has threads work on what a source generates, batch by batch, while it generates it in the
 * caller's thread. No more batches are in memory than there are threads, and the one that is being
 * filled.
 *
 * <p>The source pushes ({@link Spliterator#forEachRemaining}) and is not pulled: a stream that is
 * pulled through {@code flatMap} first gathers all that one of its elements becomes.
 */
final class BatchFeeder<T> {

  /**
   * Some elements in a row.
   *
   * @param from the place of the first in the source, counted from 0
   */
  record Batch<T>(long from, List<T> elements) {}

  /** What to do with a batch. */
  interface Work<T> {
    void on(Batch<T> batch) throws Exception;
  }

  /** Unwinds a source that is not to generate any more. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stop() {
      super(null, null, false, false);
    }
  }

  private final int threads;
  private final int batchSize;
  private final Work<T> work;
  private final FirstFailure failure;

  /** Each batch goes from hand to hand, and so is either worked on or still the caller's. */
  private final SynchronousQueue<Optional<Batch<T>>> handOver = new SynchronousQueue<>();

  private volatile boolean over;

  // Used by the caller's thread alone.
  private List<T> buffer = new ArrayList<>();
  private long handedOver;

  /**
   * @param threads how many work; one is the caller's own
   * @param failure takes what the source or the work throws; when there is a failure in it,
   *     wherever from, this stops at the end of the batch
   */
  BatchFeeder(int threads, int batchSize, Work<T> work, FirstFailure failure) {
    this.threads = threads;
    this.batchSize = batchSize;
    this.work = work;
    this.failure = failure;
  }

  /**
   * Works on all that the source generates, and returns when nobody works any more. What the source
   * gave before it threw is worked on. When this thread is interrupted, those that work are too,
   * and the failure is an {@link InterruptedException}.
   *
   * @return whether all of the source was handed over to the work
   */
  boolean run(Spliterator<T> source) {
    List<Thread> crew =
        threads == 1
            ? List.of()
            : IntStream.range(0, threads).mapToObj(i -> new Thread(this::takeOver)).toList();
    for (Thread thread : crew) {
      thread.setName("fq-feeder");
      thread.setDaemon(true);
      thread.start();
    }
    boolean complete = generate(source);
    end(crew);
    return complete;
  }

  /** How many elements were handed over to the work. */
  long handedOver() {
    return handedOver;
  }

  private boolean generate(Spliterator<T> source) {
    boolean exhausted = false;
    try {
      source.forEachRemaining(this::accept);
      exhausted = true;
      flush();
    } catch (Stop e) {
      return exhausted && buffer.isEmpty();
    } catch (Throwable e) {
      flushBefore(e);
      return false;
    }
    return true;
  }

  /** What the source gave before it failed is good. */
  private void flushBefore(Throwable sourcesFailure) {
    try {
      flush();
    } catch (Stop e) {
      // There is another failure: what the source gave stays missing.
    } finally {
      failure.add(sourcesFailure);
    }
  }

  private void accept(T element) {
    buffer.add(element);
    if (buffer.size() == batchSize) {
      flush();
    }
  }

  private void flush() {
    stopOnFailure();
    if (!buffer.isEmpty()) {
      handOver(new Batch<>(handedOver, buffer));
      handedOver += buffer.size();
      buffer = new ArrayList<>(batchSize);
      // What is not generated is not lost.
      stopOnFailure();
    }
  }

  private void stopOnFailure() {
    if (failure.isPresent()) {
      throw new Stop();
    }
  }

  private void handOver(Batch<T> batch) {
    try {
      if (threads > 1) {
        handOver.put(Optional.of(batch));
      } else if (Thread.interrupted()) {
        throw new InterruptedException();
      } else {
        workOn(batch);
      }
    } catch (InterruptedException e) {
      failure.add(e);
      throw new Stop();
    }
  }

  private void workOn(Batch<T> batch) {
    try {
      work.on(batch);
    } catch (Throwable e) {
      failure.add(e);
    }
  }

  private void takeOver() {
    try {
      while (!over) {
        Optional<Batch<T>> batch = handOver.take();
        if (batch.isEmpty()) {
          return;
        }
        workOn(batch.get());
      }
    } catch (InterruptedException e) {
      // The caller was, and ends us; there is no batch in our hands.
      return;
    }
  }

  private void end(List<Thread> crew) {
    boolean interrupted = failure.isInterruption();
    for (int i = 0; i < crew.size() && !interrupted; i++) {
      try {
        handOver.put(Optional.empty());
      } catch (InterruptedException e) {
        failure.add(e);
        interrupted = true;
      }
    }
    if (interrupted) {
      over = true;
      crew.forEach(Thread::interrupt);
    }
    crew.forEach(this::join);
  }

  /** Whoever goes on after this must find nobody at work any more, even when interrupted. */
  private void join(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        failure.add(e);
        over = true;
        thread.interrupt();
      }
    }
  }
}
