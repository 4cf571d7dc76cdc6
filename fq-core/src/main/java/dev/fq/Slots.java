package dev.fq;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The places of a worker in which tasks run, each with a thread. */
final class Slots implements AutoCloseable {

  private final ExecutorService threads;
  private final int count;
  private int running;

  Slots(int count) {
    this.count = count;
    this.threads =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(work, "fq-slot");
              // A task that ignores its interruption must not keep the process from ending.
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Waits for a free slot, at most this long or until it is cut short; returns how many are free.
   */
  synchronized int awaitFree(Duration atMost, BooleanSupplier cutShort)
      throws InterruptedException {
    await(atMost, () -> running < count || cutShort.getAsBoolean());
    return count - running;
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

  /** Runs this in a slot that is free. */
  void start(Runnable work) {
    synchronized (this) {
      running++;
    }
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            free();
          }
        });
  }

  private synchronized void free() {
    running--;
    notifyAll();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
