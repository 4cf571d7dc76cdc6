package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task that this worker holds: its lease as last renewed, and the thread that works on it.
 *
 * <p>RACE: the renewer renews while the slot's thread ends the task. Each renewal makes the lease
 * before it void, so both happen under this object's lock, and {@link #end} hands the lease to
 * exactly one caller, after whom nobody renews it.
 */
final class HeldTask {

  private Lease lease;
  private Instant renewAt;
  private @Nullable Thread runner;
  private boolean lost;
  private boolean abandoned;
  private boolean ended;

  HeldTask(Lease lease, Instant renewAt) {
    this.lease = lease;
    this.renewAt = renewAt;
  }

  synchronized Lease lease() {
    return lease;
  }

  synchronized Instant renewAt() {
    return renewAt;
  }

  synchronized void renewAt(Instant time) {
    renewAt = time;
  }

  synchronized boolean isLost() {
    return lost;
  }

  synchronized boolean isAbandoned() {
    return abandoned;
  }

  /** Marks this thread as the one to interrupt, until {@link #stopRunning}. */
  synchronized void startRunning() {
    runner = Thread.currentThread();
    if (lost || abandoned) {
      runner.interrupt();
    }
  }

  /** After this, the thread is not interrupted because of this task, and no interrupt is left. */
  synchronized void stopRunning() {
    runner = null;
    Thread.interrupted();
  }

  /**
   * Renews the lease, unless the task has ended; a lost one interrupts the task.
   *
   * @return whether it was renewed
   */
  synchronized boolean renew(QueueBackend queue, Duration duration)
      throws IOException, LeaseLostException {
    if (ended || lost) {
      return false;
    }
    try {
      lease = queue.renew(lease, duration);
      return true;
    } catch (LeaseLostException e) {
      lost = true;
      interrupt();
      throw e;
    }
  }

  /** Tells the task to stop, since the worker must end. */
  synchronized void abandon() {
    abandoned = true;
    interrupt();
  }

  private void interrupt() {
    if (runner != null) {
      runner.interrupt();
    }
  }

  /** Takes the lease out of renewal; empty when somebody has done so before. */
  synchronized Optional<Lease> end() {
    if (ended) {
      return Optional.empty();
    }
    ended = true;
    return Optional.of(lease);
  }
}
