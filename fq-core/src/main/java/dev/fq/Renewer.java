package dev.fq;

import dev.fq.spi.Capability;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.QueueConsumer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps up the leases of all tasks that the worker holds: renews each when a third of its time has
 * gone, so that two renewals may fail before anything is lost.
 *
 * <p>Each renewal has a thread of its own and a sixth of the lease's time: one that hangs holds up
 * no other, and is cancelled while there is time to try again. Whatever goes wrong here is told and
 * survived, since a worker without its renewer loses all that it holds without a word; if it goes
 * on, the worker is told to end.
 *
 * <p>Rejected: a deadline in each backend, which only those could have whose calls can be
 * cancelled.
 */
final class Renewer {

  private static final Logger log = LoggerFactory.getLogger(Renewer.class);
  private static final int RENEWALS_PER_LEASE = 3;
  private static final int DEADLINES_PER_LEASE = 6;
  private static final int RETRIES_PER_LEASE = 10;

  /** A renewal may be early by this part of the time between renewals. */
  private static final int SOON = 10;

  /** What rounding and clocks may take from a lease. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** So many failures in a row of this thread itself, and not of renewals, are no accident. */
  private static final int MOST_FAILURES = 10;

  private static final Duration SHARING = Duration.ofSeconds(1);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private final List<LeaseTerms> terms;
  private final Clock clock;
  private final Executor threads;
  private final List<Sharing> sharing;
  private final Map<HeldTask, LeaseTerms> held = new ConcurrentHashMap<>();

  /** The renewals that have begun and not ended, and when they are to be cancelled. */
  private final Map<HeldTask, Instant> underWay = new ConcurrentHashMap<>();

  private final CountDownLatch stopped = new CountDownLatch(1);

  /** A queue that is asked to {@link QueueConsumer#share} too, and whether it is at it. */
  private record Sharing(QueueConsumer queue, AtomicBoolean isUnderWay) {}

  /** One for tasks that are leased on these terms, and no queue that shares. */
  Renewer(LeaseTerms terms, Clock clock) {
    this(List.of(terms), clock, daemons(), List.of());
  }

  /**
   * @param terms on which the tasks are leased
   * @param threads runs each renewal
   * @param sharing the queues to have {@link QueueConsumer#share} too, meanwhile
   */
  Renewer(
      List<LeaseTerms> terms,
      Clock clock,
      Executor threads,
      List<? extends QueueConsumer> sharing) {
    this.terms = List.copyOf(terms);
    this.clock = clock;
    this.threads = threads;
    this.sharing = sharing.stream().map(queue -> new Sharing(queue, new AtomicBoolean())).toList();
  }

  /** One for a worker on these queues. */
  static Renewer of(List<WorkerSettings> queues, Clock clock) {
    return new Renewer(
        queues.stream().map(WorkerSettings::terms).toList(),
        clock,
        daemons(),
        queues.stream()
            .map(WorkerSettings::queue)
            .filter(queue -> queue.capabilities().contains(Capability.BUNDLES))
            .toList());
  }

  private static Executor daemons() {
    return Executors.newCachedThreadPool(
        work -> {
          Thread thread = new Thread(work, "fq-renewal");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** When a lease on these terms that begins or is renewed now is to be renewed. */
  Instant nextRenewal(LeaseTerms lease) {
    return clock.instant().plus(lease.time().dividedBy(RENEWALS_PER_LEASE));
  }

  void add(HeldTask task, LeaseTerms lease) {
    held.put(task, lease);
  }

  void remove(HeldTask task) {
    held.remove(task);
  }

  List<HeldTask> held() {
    return List.copyOf(held.keySet());
  }

  /** Those that are leased on these terms. */
  List<HeldTask> held(LeaseTerms lease) {
    return held.entrySet().stream()
        .filter(entry -> entry.getValue().equals(lease))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Begins to renew what is to be renewed by now, and with it what soon would be: services take
   * many renewals in one request. Cancels renewals that take too long. Returns how long it is until
   * there is something to do again.
   */
  Duration renewDue() {
    Instant now = clock.instant();
    cancelOverdue(now);
    List<HeldTask> idle =
        held.keySet().stream().filter(task -> !underWay.containsKey(task)).toList();
    if (idle.stream().anyMatch(task -> !task.renewAt().isAfter(now))) {
      idle.stream().filter(task -> isSoon(task, now)).forEach(this::begin);
    }
    Duration pause = Duration.between(clock.instant(), nextEvent());
    return pause.isNegative() ? Duration.ZERO : pause;
  }

  private boolean isSoon(HeldTask task, Instant now) {
    Duration early = leaseTime(task).dividedBy(RENEWALS_PER_LEASE * SOON);
    return !task.renewAt().isAfter(now.plus(early));
  }

  private void cancelOverdue(Instant now) {
    underWay.forEach(
        (task, deadline) -> {
          if (!deadline.isAfter(now)) {
            log.warn("{}: its renewal is not answered, and is tried again", task.lease());
            task.cancelRenewal();
            // One that cannot be cancelled is not asked again at once.
            underWay.replace(task, now.plus(timeToRenew(task)));
          }
        });
  }

  private Duration timeToRenew(HeldTask task) {
    return leaseTime(task).dividedBy(DEADLINES_PER_LEASE);
  }

  /** Of one that has just ended, any. */
  private Duration leaseTime(HeldTask task) {
    return held.getOrDefault(task, terms.get(0)).time();
  }

  private Instant nextEvent() {
    Instant next = Instant.MAX;
    for (LeaseTerms lease : terms) {
      Instant renewal = nextRenewal(lease);
      next = renewal.isBefore(next) ? renewal : next;
    }
    for (HeldTask task : held.keySet()) {
      Instant deadline = underWay.get(task);
      Instant at = deadline == null ? task.renewAt() : deadline;
      next = at.isBefore(next) ? at : next;
    }
    return next;
  }

  private void begin(HeldTask task) {
    underWay.put(task, clock.instant().plus(timeToRenew(task)));
    try {
      threads.execute(() -> renew(task));
    } catch (OutOfMemoryError e) {
      // No thread can be made: then by this one, which is better than not at all.
      renew(task);
    }
  }

  private void renew(HeldTask task) {
    LeaseTerms lease = held.get(task);
    if (lease == null) {
      underWay.remove(task);
      return;
    }
    Lease before = task.lease();
    try {
      boolean renewed = task.renew(lease);
      task.renewAt(nextRenewal(lease));
      if (renewed && isShortened(lease.time(), before, task.lease())) {
        log.warn(
            "{}: the queue lets it be renewed no longer than until then; others will work on it",
            task.lease());
      }
    } catch (LeaseLostException e) {
      held.remove(task);
      log.warn("{}; stopping work on it", e.getMessage());
    } catch (IOException | RuntimeException | Error e) {
      task.renewAt(clock.instant().plus(lease.time().dividedBy(RETRIES_PER_LEASE)));
      log.warn("cannot renew the lease of {}, trying again: {}", task.lease(), e.toString());
    } finally {
      underWay.remove(task);
    }
  }

  /**
   * Some queues end every lease at last, however often it is renewed. Deadlines are by the queue's
   * clock, and only compared with each other: ours may be minutes off, or this process have been
   * frozen while it renewed.
   */
  static boolean isShortened(Duration leaseTime, Lease before, Lease after) {
    Duration won = Duration.between(before.deadline(), after.deadline());
    Duration early = leaseTime.dividedBy(RENEWALS_PER_LEASE * SOON);
    Duration atLeast = leaseTime.dividedBy(RENEWALS_PER_LEASE).minus(early).minus(SLACK);
    return won.compareTo(atLeast) < 0;
  }

  /**
   * Renews until {@link #stop}. A task that begins meanwhile need not be renewed before we wake.
   *
   * @param broken is told, once, that this goes wrong again and again, and why; it is tried further
   */
  void run(Consumer<Throwable> broken) {
    int failures = 0;
    boolean isStopped = false;
    while (!isStopped) {
      try {
        Duration pause = renewDue();
        failures = 0;
        share();
        isStopped = stopped.await(shorter(pause).toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // Nobody but stop() ends this.
        log.debug("interrupted, and going on");
      } catch (Throwable e) {
        failures++;
        survive(e, failures, broken);
      }
    }
  }

  /** On threads of their own: a queue that hangs must hold up no renewal. */
  private void share() {
    for (Sharing each : sharing) {
      if (!each.isUnderWay.getAndSet(true)) {
        threads.execute(() -> share(each));
      }
    }
  }

  private static void share(Sharing each) {
    try {
      each.queue.share();
    } catch (IOException | RuntimeException e) {
      log.debug("cannot share what is claimed: {}", e.toString());
    } finally {
      each.isUnderWay.set(false);
    }
  }

  private Duration shorter(Duration pause) {
    return !sharing.isEmpty() && pause.compareTo(SHARING) > 0 ? SHARING : pause;
  }

  /** When memory is used up, telling of it may fail too. */
  private static void survive(Throwable e, int failures, Consumer<Throwable> broken) {
    try {
      log.warn("leases could not be renewed, trying again: {}", e.toString());
      if (failures == MOST_FAILURES) {
        broken.accept(e);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
    } catch (Throwable again) {
      Thread.onSpinWait();
    }
  }

  void stop() {
    stopped.countDown();
  }
}
