package dev.fq;

import dev.fq.StopConditions.Stop;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop of a worker: leases as many tasks as there are free slots, until it is to stop. */
final class Scanner {

  private static final Logger log = LoggerFactory.getLogger(Scanner.class);

  /** So often in a row the process may be out of memory before the worker ends. */
  private static final int MOST_FAILURES = 10;

  /** A queue that does not answer must not keep the worker from seeing that it is to stop. */
  private static final Duration FOR_A_MOMENT = Duration.ofSeconds(1);

  private final QueueBackend queue;
  private final Duration leaseTime;
  private final boolean exitOnEmpty;
  private final StopConditions conditions;
  private final Backoff idleDelay;
  private final Clock clock;
  private final Slots slots;
  private final Completions completions;
  private final Tally tally;
  private final HostHealth health;
  private final Consumer<Lease> start;

  private volatile boolean isOver;

  // Used by the scanning thread alone.
  private @Nullable Instant idleSince;
  private @Nullable Instant emptySince;
  private int failures;

  // Guarded by this.
  private boolean stopRequested;
  private @Nullable Thread leasing;

  Scanner(
      WorkerSettings settings,
      Slots slots,
      Completions completions,
      Tally tally,
      HostHealth health,
      Consumer<Lease> start) {
    this.queue = settings.queue();
    this.leaseTime = settings.grantedLeaseTime();
    this.exitOnEmpty = settings.exitOnEmpty();
    this.conditions = settings.stops();
    this.idleDelay = settings.idleDelay();
    this.clock = settings.clock();
    this.slots = slots;
    this.completions = completions;
    this.tally = tally;
    this.health = health;
    this.start = start;
  }

  /**
   * Leases and starts tasks until there is a reason to stop.
   *
   * @throws NoQueueException if the queue has gone
   * @throws QueueDeniedException if this user may not lease there; other trouble is tried again for
   *     ever
   * @throws WorkerFailedException if this process has no memory or threads left again and again
   */
  Stop scan() throws NoQueueException, QueueDeniedException, InterruptedException {
    Stop stop = null;
    while (stop == null) {
      int free = slots.awaitFree(mayWait(), this::mustStop);
      stop = whyStop();
      Duration pause = health.pause();
      if (stop == null && !pause.isZero()) {
        slots.pause(shorter(pause, mayWait()), this::mustStop);
      } else if (stop == null && free > 0) {
        stop = leaseAndStart(free);
      }
    }
    isOver = true;
    return stop;
  }

  /**
   * The next task for a slot that has just done with one: only what this process has claimed
   * already. Empty when the slot is to be free, and wait for what {@link #scan} leases. Where
   * limits and conditions are to be looked at before each task, every slot waits.
   */
  Optional<Lease> nextClaimed() {
    if (isOver || !conditions.leaveSlotsAlone() || mustStop() || !health.pause().isZero()) {
      return Optional.empty();
    }
    try {
      return queue.leaseClaimed(1, leaseTime).stream().findFirst();
    } catch (IOException | RuntimeException e) {
      // If it is still there when the scanner leases, it is told then.
      log.debug("{}: cannot lease: {}", queue.url(), e.toString());
      return Optional.empty();
    }
  }

  private boolean mustStop() {
    return isStopRequested() || health.whyUnfit() != null;
  }

  private @Nullable Stop whyStop() {
    Instant since = idleSince;
    Duration idle = since == null ? Duration.ZERO : Duration.between(since, clock.instant());
    if (isStopRequested()) {
      return new Stop(StopReason.STOPPED);
    }
    return health.whyUnfit() != null
        ? new Stop(StopReason.UNFIT_HOST)
        : conditions.stop(tally.report(null), idle);
  }

  private @Nullable Stop leaseAndStart(int free)
      throws NoQueueException, QueueDeniedException, InterruptedException {
    try {
      boolean idle = slots.isIdle();
      List<Lease> leases = lease(conditions.mayBegin(free, tally.report(null).begun()));
      if (leases.isEmpty() && completions.flush(FOR_A_MOMENT)) {
        // They may have been the last: another look tells.
        return null;
      }
      noteWhetherIdle(leases.isEmpty() && idle);
      if (leases.isEmpty()) {
        tally.triedInVain();
      }
      startAll(leases);
      failures = 0;
      return leases.isEmpty() && exitOnEmpty && isBelievedEmpty()
          ? new Stop(StopReason.EMPTY)
          : null;
    } catch (NoQueueException | QueueDeniedException e) {
      throw e;
    } catch (IOException e) {
      tryAgainLater(e);
    } catch (VirtualMachineError e) {
      failures++;
      if (failures == MOST_FAILURES) {
        throw new WorkerFailedException("this process cannot go on", e);
      }
      tryAgainLater(e);
    }
    return null;
  }

  private void tryAgainLater(Throwable e) throws InterruptedException {
    tally.triedInVain();
    log.warn("{}: cannot lease, trying again: {}", queue.url(), e.toString());
    Duration pause = shorter(idleDelay.after(tally.triesInVain()), mayWait());
    slots.pause(pause, this::isStopRequested);
  }

  /** What was leased is started or given back, whatever happens. */
  private void startAll(List<Lease> leases) {
    int started = 0;
    try {
      while (started < leases.size() && !isStopRequested()) {
        start.accept(leases.get(started));
        started++;
      }
    } finally {
      leases.subList(started, leases.size()).forEach(this::giveBack);
    }
  }

  private void giveBack(Lease lease) {
    try {
      queue.release(lease);
      log.info("task {} was leased and not begun; released", lease.id());
    } catch (LeaseLostException | IOException | RuntimeException | Error e) {
      // Trouble with one must not keep the others.
      log.warn("{} could not be given back, and waits until its lease ends: {}", lease, "" + e);
    }
  }

  /** Whether nothing was seen in the queue for as long as the backend needs to be sure. */
  private boolean isBelievedEmpty() throws IOException {
    if (!isEmptyForThisUser()) {
      emptySince = null;
      return false;
    }
    Instant now = clock.instant();
    if (emptySince == null) {
      emptySince = now;
    }
    return Duration.between(emptySince, now).compareTo(queue.emptyAfter()) >= 0;
  }

  /** What others may lease and this user may not is nothing to wait for. */
  private boolean isEmptyForThisUser() throws IOException {
    if (queue.isEmpty()) {
      return true;
    }
    long passedOver = queue.passedOver();
    if (passedOver == 0) {
      return false;
    }
    QueueStats stats = queue.stats();
    return stats.waiting().orElse(0) <= passedOver
        && stats.delayed().orElse(0) == 0
        && stats.leased().orElse(0) == 0;
  }

  private void noteWhetherIdle(boolean idle) {
    if (!idle) {
      idleSince = null;
      emptySince = null;
    } else if (idleSince == null) {
      idleSince = clock.instant();
    }
  }

  /**
   * The first look waits for nothing; when it finds nothing, the next ones wait longer and longer.
   * An interrupt by {@link #stop} ends the wait, and is of no concern to anybody else.
   */
  private List<Lease> lease(int max) throws IOException, InterruptedException {
    synchronized (this) {
      if (stopRequested) {
        return List.of();
      }
      leasing = Thread.currentThread();
    }
    try {
      int tries = tally.triesInVain();
      Duration wait = tries == 0 ? Duration.ZERO : idleDelay.after(tries);
      return queue.lease(max, leaseTime, shorter(wait, mayWait()));
    } catch (InterruptedException e) {
      if (isStopRequested()) {
        return List.of();
      }
      throw e;
    } finally {
      synchronized (this) {
        leasing = null;
        if (stopRequested) {
          Thread.interrupted();
        }
      }
    }
  }

  private Duration mayWait() {
    Duration wait = conditions.mayWait(tally.start(), idleSince, clock.instant());
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private synchronized boolean isStopRequested() {
    return stopRequested;
  }

  void stop() {
    synchronized (this) {
      stopRequested = true;
      if (leasing != null) {
        leasing.interrupt();
      }
    }
    slots.wake();
  }
}
