package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps up the leases of all tasks that the worker holds: renews each when a third of its time has
 * gone, so that two renewals may fail before anything is lost.
 */
final class Renewer {

  private static final Logger log = LoggerFactory.getLogger(Renewer.class);
  private static final int RENEWALS_PER_LEASE = 3;
  private static final int RETRIES_PER_LEASE = 10;

  /** A renewal may be early by this part of the time between renewals. */
  private static final int SOON = 10;

  /** What rounding and clocks may take from a lease. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final QueueBackend queue;
  private final Duration leaseTime;
  private final Clock clock;
  private final Set<HeldTask> held = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "fq-renewal");
            thread.setDaemon(true);
            return thread;
          });

  Renewer(QueueBackend queue, Duration leaseTime, Clock clock) {
    this.queue = queue;
    this.leaseTime = leaseTime;
    this.clock = clock;
  }

  /** When a lease that begins or is renewed now is to be renewed. */
  Instant nextRenewal() {
    return clock.instant().plus(leaseTime.dividedBy(RENEWALS_PER_LEASE));
  }

  void add(HeldTask task) {
    held.add(task);
  }

  void remove(HeldTask task) {
    held.remove(task);
  }

  List<HeldTask> held() {
    return List.copyOf(held);
  }

  /**
   * Renews what is to be renewed by now, and with it what soon would be: services take many
   * renewals in one request. Returns how long it is until the next renewal.
   */
  Duration renewDue() {
    Instant now = clock.instant();
    if (held.stream().anyMatch(task -> !task.renewAt().isAfter(now))) {
      Instant soon = now.plus(leaseTime.dividedBy(RENEWALS_PER_LEASE * SOON));
      renewAtOnce(held.stream().filter(task -> !task.renewAt().isAfter(soon)).toList());
    }
    Instant next =
        held.stream().map(HeldTask::renewAt).min(Instant::compareTo).orElse(nextRenewal());
    return Duration.between(clock.instant(), next);
  }

  /** Each by a thread of its own: a renewal holds its task's lock while it waits for its answer. */
  private void renewAtOnce(List<HeldTask> due) {
    if (due.size() == 1) {
      renew(due.get(0));
      return;
    }
    CompletableFuture.allOf(
            due.stream()
                .map(task -> CompletableFuture.runAsync(() -> renew(task), threads))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  private void renew(HeldTask task) {
    Lease before = task.lease();
    try {
      boolean renewed = task.renew(queue, leaseTime);
      task.renewAt(nextRenewal());
      if (renewed && isShortened(before, task.lease())) {
        log.warn(
            "{}: the queue lets it be renewed no longer than until then; others will work on it",
            task.lease());
      }
    } catch (LeaseLostException e) {
      held.remove(task);
      log.warn("{}; stopping work on it", e.getMessage());
    } catch (IOException e) {
      task.renewAt(clock.instant().plus(leaseTime.dividedBy(RETRIES_PER_LEASE)));
      log.warn("cannot renew the lease of {}, trying again: {}", task.lease(), e.toString());
    }
  }

  /**
   * Some queues end every lease at last, however often it is renewed. Deadlines are by the queue's
   * clock, and only compared with each other: ours may be minutes off, or this process have been
   * frozen while it renewed.
   */
  boolean isShortened(Lease before, Lease after) {
    Duration won = Duration.between(before.deadline(), after.deadline());
    Duration early = leaseTime.dividedBy(RENEWALS_PER_LEASE * SOON);
    Duration atLeast = leaseTime.dividedBy(RENEWALS_PER_LEASE).minus(early).minus(SLACK);
    return won.compareTo(atLeast) < 0;
  }

  /**
   * Renews until {@link #stop}. A task that begins meanwhile need not be renewed before we wake.
   */
  void run() {
    try {
      Duration pause = renewDue();
      while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = renewDue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Not in stop(): renewals may be about to begin then.
      threads.shutdown();
    }
  }

  void stop() {
    stopped.countDown();
  }
}
