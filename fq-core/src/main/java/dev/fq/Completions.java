package dev.fq;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes tasks many at a time, where that costs little more than one, while the slots go on.
 *
 * <p>The first is completed at once, and those that come within {@link #PAUSE} after it together:
 * so the completion of a task that takes longer waits for nothing, and quick ones share a step of
 * the queue. A worker that is killed meanwhile has their successor run them again.
 */
final class Completions implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Completions.class);

  /** Between the beginnings of two steps. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** With so many, slots wait: a queue that does not answer is not to be worked off for nothing. */
  private static final int MOST = 1_000;

  private final Consumer<List<FinishedAttempt>> complete;

  // Guarded by this.
  private final List<FinishedAttempt> done = new ArrayList<>();
  private int completing;
  private boolean isHurried;
  private boolean isClosed;

  /**
   * @param complete completes these, and throws nothing
   */
  Completions(Consumer<List<FinishedAttempt>> complete) {
    this.complete = complete;
  }

  /**
   * Starts the thread that completes.
   *
   * @throws WorkerFailedException if there can be none
   */
  void open() {
    Thread thread = new Thread(this::run, "fq-completer");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      throw new WorkerFailedException("no thread can be started to complete tasks in", e);
    }
  }

  /** Has this attempt, which is done, completed soon. */
  synchronized void add(FinishedAttempt attempt) {
    done.add(attempt);
    if (done.size() == 1 || done.size() == MOST) {
      notifyAll();
    }
    try {
      while (done.size() >= MOST && !isClosed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether nothing waits for its completion. */
  synchronized boolean isIdle() {
    return done.isEmpty() && completing == 0;
  }

  /**
   * Completes what is done without further delay, and waits for that, at most so long.
   *
   * @return whether there was anything
   */
  synchronized boolean flush(Duration atMost) throws InterruptedException {
    boolean isIdle = isIdle();
    isHurried = !isIdle;
    notifyAll();
    long end = System.nanoTime() + atMost.toNanos();
    for (long rest = atMost.toNanos(); !isIdle() && rest > 0; rest = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, rest);
    }
    return !isIdle;
  }

  private void run() {
    try {
      long next = System.nanoTime();
      for (List<FinishedAttempt> batch = take(next); !batch.isEmpty(); batch = take(next)) {
        next = System.nanoTime() + PAUSE.toNanos();
        complete(batch);
      }
    } catch (InterruptedException e) {
      // Nobody but close() ends this.
      close();
    }
  }

  private void complete(List<FinishedAttempt> batch) {
    try {
      complete.accept(batch);
    } catch (Throwable e) {
      // Whatever it is, the others must be completed.
      log.warn("{} tasks were not ended, and will be leased again: {}", batch.size(), "" + e);
    } finally {
      completed();
    }
  }

  private synchronized void completed() {
    completing = 0;
    notifyAll();
  }

  /** What is done then, or earlier when somebody waits for it; none when this is closed. */
  private synchronized List<FinishedAttempt> take(long then) throws InterruptedException {
    while (done.isEmpty() && !isClosed) {
      wait();
    }
    for (long rest = then - System.nanoTime();
        rest > 0 && !isHurried && done.size() < MOST && !isClosed;
        rest = then - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, rest);
    }
    List<FinishedAttempt> batch = List.copyOf(done);
    done.clear();
    completing = batch.size();
    isHurried = false;
    notifyAll();
    return batch;
  }

  /** Ends the thread; what it has not completed it leaves. */
  @Override
  public synchronized void close() {
    isClosed = true;
    done.clear();
    notifyAll();
  }
}
