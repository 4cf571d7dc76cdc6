package dev.fq;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places of a worker in which tasks run, each with a thread.
 *
 * <p>They start before anything is leased: a process that may have no more threads finds out when
 * nothing depends on it.
 */
final class Slots implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Slots.class);

  private final ThreadPoolExecutor threads;

  private final int wanted;

  // Guarded by this.
  private int running;

  Slots(int count) {
    this(
        count,
        new ThreadFactory() {
          private final AtomicInteger made = new AtomicInteger();

          @Override
          public Thread newThread(Runnable work) {
            return new SlotThread(work, made.incrementAndGet());
          }
        });
  }

  private static final class SlotThread extends Thread {
    private final int number;

    SlotThread(Runnable work, int number) {
      super(work, "fq-slot");
      // A task that ignores its interruption must not keep the process from ending.
      setDaemon(true);
      this.number = number;
    }
  }

  /** Which slot this thread is, from 1; 0 when it is none. */
  static int numberOfThisThread() {
    return Thread.currentThread() instanceof SlotThread slot ? slot.number : 0;
  }

  Slots(int wanted, ThreadFactory factory) {
    this.wanted = wanted;
    this.threads =
        new ThreadPoolExecutor(
            wanted, wanted, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
  }

  /**
   * Starts all threads, so that no task is leased for one that cannot be: a process may have only
   * so many (setrlimit(2), RLIMIT_NPROC).
   *
   * @return how many there are
   * @throws WorkerFailedException if not even one can be started
   */
  int open() {
    Throwable failure = startAll();
    int count = threads.getPoolSize();
    if (failure != null && count == 0) {
      throw new WorkerFailedException("no thread can be started to run tasks in", failure);
    }
    if (failure != null) {
      log.warn(
          "only {} of {} slots are there, since no more threads can be started: {}",
          count,
          wanted,
          failure.toString());
    }
    return count;
  }

  private @Nullable Throwable startAll() {
    try {
      threads.prestartAllCoreThreads();
      return null;
    } catch (OutOfMemoryError e) {
      return e;
    }
  }

  /** Waits until nothing runs, at most this long or until it is cut short. */
  synchronized void awaitIdle(Duration atMost, BooleanSupplier cutShort)
      throws InterruptedException {
    await(atMost, () -> running == 0 || cutShort.getAsBoolean());
  }

  /** Lets time pass, this much or until it is cut short. */
  synchronized void pause(Duration time, BooleanSupplier cutShort) throws InterruptedException {
    await(time, cutShort);
  }

  private void await(Duration atMost, BooleanSupplier over) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    long rest = atMost.toNanos();
    while (!over.getAsBoolean() && rest > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, rest);
      rest = end - System.nanoTime();
    }
  }

  /** Has those who wait here look again at what cuts them short. */
  synchronized void wake() {
    notifyAll();
  }

  synchronized boolean isIdle() {
    return running == 0;
  }

  /**
   * Runs this in a slot that is free. When this throws, it is not run.
   *
   * @param work which throws nothing
   * @param freed is run when the slot is free again
   */
  void start(Runnable work, Runnable freed) {
    synchronized (this) {
      running++;
    }
    boolean started = false;
    try {
      threads.execute(
          () -> {
            try {
              work.run();
            } finally {
              free(freed);
            }
          });
      started = true;
    } finally {
      if (!started) {
        free(() -> {});
      }
    }
  }

  private void free(Runnable freed) {
    synchronized (this) {
      running--;
      notifyAll();
    }
    freed.run();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
