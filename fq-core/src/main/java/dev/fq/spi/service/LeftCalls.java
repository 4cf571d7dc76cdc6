package dev.fq.spi.service;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Calls for messages that nobody waits for any more. A service may be about to answer one that is
 * cancelled, and then its messages are hidden for their whole lease though nobody has them. So such
 * a call goes on, and what it brings is given back.
 */
public final class LeftCalls {

  // Guarded by this.
  private int underWay;

  /** There is none yet. */
  public LeftCalls() {}

  /** Counts a call, with what is done with its answer, until that is done. */
  @SuppressWarnings("FutureReturnValueIgnored") // it only counts
  public void add(CompletableFuture<?> call) {
    synchronized (this) {
      underWay++;
    }
    call.whenComplete((done, trouble) -> end());
  }

  private synchronized void end() {
    underWay--;
    notifyAll();
  }

  /** Waits until all are done, but not longer than this. */
  public synchronized void await(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    long rest = atMost.toNanos();
    try {
      while (underWay > 0 && rest > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
        rest = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
