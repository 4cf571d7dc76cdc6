package dev.fq.file.record;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Writes what is left with a worker's records, in a thread of its own: each second, sooner when
 * there is much, and once more at the end.
 */
final class Flusher {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Runnable flush;
  private final Thread thread;

  // Guarded by this.
  private boolean isMuch;
  private boolean isClosed;

  private Flusher(String name, Runnable flush) {
    this.flush = flush;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /**
   * @param flush may be called at once, by the thread of this name
   */
  static Flusher start(String name, Runnable flush) {
    Flusher flusher = new Flusher(name, flush);
    flusher.thread.start();
    return flusher;
  }

  /** Says that there is much to write, so that the next time is now. */
  synchronized void hurry() {
    isMuch = true;
    notifyAll();
  }

  private void run() {
    boolean isLast = false;
    while (!isLast) {
      isLast = awaitTurn();
      flush.run();
    }
  }

  /** Whether this is the last turn. */
  private synchronized boolean awaitTurn() {
    long end = System.nanoTime() + PAUSE.toNanos();
    try {
      for (long rest = PAUSE.toNanos();
          !isClosed && !isMuch && rest > 0;
          rest = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      }
      isMuch = false;
      return isClosed;
    } catch (InterruptedException e) {
      // Nobody but close() ends this thread.
      return true;
    }
  }

  /** Waits until what is left is written, or could not be. */
  void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
