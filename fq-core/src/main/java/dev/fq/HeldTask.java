package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.OutputLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A task that this worker holds: its lease as last renewed, and the thread that works on it.
 *
 * <p>RACE: the renewer renews while the slot's thread ends the task. A renewal that comes after the
 * end would find the lease lost, so {@link #end} waits for one that is under way, and hands the
 * lease to exactly one caller, after whom nobody renews it. No lock is held while a renewal waits
 * for its answer: one that hangs must hold up nobody who only looks, and {@link #end} for a short
 * time only.
 */
final class HeldTask {

  /** How long to wait for the answer to a renewal, and then for its end when it is cancelled. */
  private static final Duration LAST_RENEWAL = Duration.ofSeconds(1);

  private final Grant grant;
  private final OrderedOutput.@Nullable Turn turn;
  private final OutputLog.Sink kept;
  private final AttemptNotes notes = new AttemptNotes();
  private Lease lease;
  private Instant renewAt;
  private @Nullable Thread runner;
  private @Nullable Thread renewing;
  private boolean lost;
  private boolean abandoned;
  private boolean timedOut;
  private boolean ended;

  HeldTask(Lease lease, Instant renewAt) {
    this(lease, renewAt, Grant.ONE_SLOT, null, OutputLog.Sink.NONE);
  }

  /**
   * @param grant what the task may take of what its worker has
   * @param turn where the task's output goes; null for standard output
   * @param kept where it goes too
   */
  HeldTask(
      Lease lease,
      Instant renewAt,
      Grant grant,
      OrderedOutput.@Nullable Turn turn,
      OutputLog.Sink kept) {
    this.lease = lease;
    this.renewAt = renewAt;
    this.grant = grant;
    this.turn = turn;
    this.kept = kept;
  }

  Grant grant() {
    return grant;
  }

  OrderedOutput.@Nullable Turn turn() {
    return turn;
  }

  OutputLog.Sink kept() {
    return kept;
  }

  AttemptNotes notes() {
    return notes;
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
    if (lost || abandoned || timedOut) {
      runner.interrupt();
    }
  }

  /** After this, the thread is not interrupted because of this task, and no interrupt is left. */
  synchronized void stopRunning() {
    runner = null;
    Thread.interrupted();
  }

  /**
   * Renews the lease, unless the task has ended or is being renewed; a lost one interrupts the
   * task.
   *
   * @return whether it was renewed
   */
  boolean renew(LeaseTerms terms) throws IOException, LeaseLostException {
    Lease before;
    synchronized (this) {
      if (ended || lost || renewing != null) {
        return false;
      }
      renewing = Thread.currentThread();
      before = lease;
    }
    try {
      Lease renewed = terms.queue().renew(before, terms.time());
      synchronized (this) {
        lease = renewed;
      }
      return true;
    } catch (LeaseLostException e) {
      loseLease();
      throw e;
    } finally {
      stopRenewing();
    }
  }

  private synchronized void loseLease() {
    lost = true;
    interrupt();
  }

  private synchronized void stopRenewing() {
    renewing = null;
    // One that came to cancel this renewal must not meet the next.
    Thread.interrupted();
    notifyAll();
  }

  /** Whether a renewal is under way. */
  synchronized boolean isBeingRenewed() {
    return renewing != null;
  }

  /** Ends the renewal that is under way, if there is one; it fails then. */
  synchronized void cancelRenewal() {
    if (renewing != null && renewing != Thread.currentThread()) {
      renewing.interrupt();
    }
  }

  /** Tells the task to stop, since the worker must end. */
  synchronized void abandon() {
    abandoned = true;
    interrupt();
  }

  /** Tells the task to stop, since its time is over. */
  synchronized void timeOut() {
    timedOut = true;
    interrupt();
  }

  synchronized boolean isTimedOut() {
    return timedOut;
  }

  private void interrupt() {
    if (runner != null) {
      runner.interrupt();
    }
  }

  /**
   * Takes the lease out of renewal; empty when somebody has done so before. A renewal that hangs is
   * cancelled, and not waited for if that does not end it either.
   */
  synchronized Optional<Lease> end() {
    if (ended) {
      return Optional.empty();
    }
    ended = true;
    awaitRenewal();
    if (renewing != null) {
      cancelRenewal();
      awaitRenewal();
    }
    return Optional.of(lease);
  }

  private void awaitRenewal() {
    long end = System.nanoTime() + LAST_RENEWAL.toNanos();
    boolean interrupted = false;
    long rest = LAST_RENEWAL.toNanos();
    while (renewing != null && rest > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      rest = end - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
