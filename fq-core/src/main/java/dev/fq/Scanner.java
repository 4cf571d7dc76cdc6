package dev.fq;

import dev.fq.StopConditions.Stop;
import dev.fq.spi.Capability;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of a worker at one of its queues: leases as many tasks as there is room for when it is
 * the queue's turn, until it is to stop.
 */
final class Scanner {

  private static final Logger log = LoggerFactory.getLogger(Scanner.class);

  /** So often in a row the process may be out of memory before the worker ends. */
  private static final int MOST_FAILURES = 10;

  /** A queue that does not answer must not keep the worker from seeing that it is to stop. */
  private static final Duration FOR_A_MOMENT = Duration.ofSeconds(1);

  /** A task for which there is no room after all is kept so long, if nothing counts its lease. */
  private static final Duration SHORT_HOLD = Duration.ofMillis(200);

  /** The same where each lease counts as an attempt. */
  private static final Duration LONG_HOLD = Duration.ofSeconds(10);

  private static final int HOLDS_PER_LEASE = 3;

  /** Begins to work on a task. */
  interface Start {

    /** Begins, with what this grant lets the task take. */
    void start(Lease lease, Grant grant);
  }

  /** What the scanners of a worker's queues have in common. */
  record Common(Slots slots, Turns turns, Stopping stopping) {}

  private final QueueBackend queue;
  private final Duration leaseTime;
  private final boolean exitOnEmpty;
  private final Backoff idleDelay;
  private final Clock clock;
  private final int number;
  private final Slots slots;
  private final Turns turns;
  private final Turns.Place place;
  private final Stopping stopping;
  private final Completions completions;
  private final Tally tally;
  private final HostHealth health;
  private final Start start;
  private final boolean isLeaseCounted;

  private volatile boolean isOver;

  // Used by the scanning thread alone.
  private @Nullable Instant emptySince;
  private int failures;

  /** What was heard of, and has no room yet. */
  private List<Lease> inHand = List.of();

  private Instant inHandUntil = Instant.MIN;

  // Guarded by this.
  private boolean stopRequested;
  private boolean mayCutShort;
  private boolean isCutShort;
  private @Nullable Thread leasing;

  /**
   * @param number which of the worker's queues this is, from 0
   */
  Scanner(
      WorkerSettings settings,
      int number,
      Common common,
      Completions completions,
      Tally tally,
      HostHealth health,
      Start start) {
    this.queue = settings.queue();
    this.leaseTime = settings.grantedLeaseTime();
    this.exitOnEmpty = settings.exitOnEmpty();
    this.idleDelay = settings.idleDelay();
    this.clock = settings.clock();
    this.number = number;
    this.slots = common.slots;
    this.turns = common.turns;
    this.stopping = common.stopping;
    this.completions = completions;
    this.tally = tally;
    this.health = health;
    this.start = start;
    this.isLeaseCounted = !queue.capabilities().contains(Capability.UNCOUNTED_RELEASE);
    this.place = turns.add(settings.needs(), settings.weight(), this::stopListening);
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
    try {
      Stop stop = null;
      while (stop == null) {
        Turns.Turn turn = turns.await(place, mayWaitForTurn(), this::mustStop);
        stop = whyStop();
        Duration pause = health.pause();
        if (stop == null && !pause.isZero()) {
          turns.leave(place);
          giveBackWhatIsInHand();
          slots.pause(shorter(pause, stopping.mayWait()), this::mustStop);
        } else if (stop == null) {
          stop = take(turn);
        }
      }
      return stop;
    } finally {
      isOver = true;
      giveBackWhatIsInHand();
      turns.leave(place);
      stopping.left(number);
    }
  }

  private Duration mayWaitForTurn() {
    Duration atMost = stopping.mayWait();
    return inHand.isEmpty()
        ? atMost
        : shorter(atMost, Duration.between(clock.instant(), inHandUntil));
  }

  private @Nullable Stop take(Turns.Turn turn)
      throws NoQueueException, QueueDeniedException, InterruptedException {
    try {
      Stop stop =
          switch (turn.step()) {
            case LOOK -> look(turn);
            case LISTEN -> listen();
            case PEEK -> peek();
            case NOTHING -> giveBackWhatFindsNoRoom();
          };
      failures = 0;
      return stop;
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

  /** Leases for what is free, and starts that. */
  private @Nullable Stop look(Turns.Turn turn) throws IOException, InterruptedException {
    boolean mayHaveMore = false;
    try {
      long look = stopping.beginLook();
      boolean idle = slots.isIdle();
      List<Lease> leases = leaseFor(turn);
      mayHaveMore = !leases.isEmpty();
      if (leases.isEmpty() && completions.flush(FOR_A_MOMENT)) {
        // They may have been the last: another look tells.
        mayHaveMore = true;
        return null;
      }
      startAll(leases, turns.claim(place, turn, leases.size()));
      return seen(!leases.isEmpty(), idle, look);
    } finally {
      turns.end(place, turn, mayHaveMore);
    }
  }

  private List<Lease> leaseFor(Turns.Turn turn) throws IOException, InterruptedException {
    if (!inHand.isEmpty()) {
      List<Lease> leases = inHand;
      inHand = List.of();
      return leases;
    }
    int tries = tally.triesInVain();
    Duration wait = tries == 0 || turns.areSeveral() ? Duration.ZERO : idleDelay.after(tries);
    int most = stopping.mayBegin(turn.size());
    return most < 1 ? List.of() : lease(most, wait, false);
  }

  /** Waits for a task to come, while other queues have their turn. */
  private @Nullable Stop listen() throws IOException, InterruptedException {
    boolean found = false;
    try {
      long look = stopping.beginLook();
      boolean idle = slots.isIdle();
      inHand = lease(1, idleDelay.after(Math.max(1, tally.triesInVain())), true);
      found = !inHand.isEmpty();
      inHandUntil = clock.instant().plus(mayHold());
      return seen(found, idle, look);
    } finally {
      turns.heard(place, found);
    }
  }

  private Duration mayHold() {
    return shorter(isLeaseCounted ? LONG_HOLD : SHORT_HOLD, leaseTime.dividedBy(HOLDS_PER_LEASE));
  }

  private @Nullable Stop peek() {
    boolean isWaiting = false;
    try {
      isWaiting = queue.hasWaiting();
    } catch (IOException | RuntimeException e) {
      log.debug("{}: cannot tell whether a task waits: {}", queue.url(), e.toString());
    }
    turns.peeked(place, isWaiting);
    return null;
  }

  private @Nullable Stop giveBackWhatFindsNoRoom() {
    if (!clock.instant().isBefore(inHandUntil)) {
      giveBackWhatIsInHand();
    }
    return null;
  }

  private void giveBackWhatIsInHand() {
    List<Lease> leases = inHand;
    inHand = List.of();
    leases.forEach(this::giveBack);
  }

  private @Nullable Stop seen(boolean found, boolean wasIdle, long look) throws IOException {
    boolean isIdle = !found && wasIdle;
    stopping.looked(number, found, isIdle);
    if (!isIdle) {
      emptySince = null;
    }
    if (!found) {
      tally.triedInVain();
    }
    if (found || !exitOnEmpty || !isBelievedEmpty()) {
      return null;
    }
    if (stopping.isEmpty(number, look)) {
      turns.lookAgain();
    }
    return stopping.decided();
  }

  /**
   * The next task for a slot that has just done with one: only what this process has claimed
   * already. Empty when the slot is to be free, and wait for what {@link #scan} leases. Where
   * limits and conditions are to be looked at before each task, every slot waits.
   */
  Optional<Lease> nextClaimed() {
    if (isOver
        || !stopping.leaveSlotsAlone()
        || mustStop()
        || !health.pause().isZero()
        || !turns.mayGoOn(place)) {
      return Optional.empty();
    }
    try {
      Optional<Lease> next = queue.leaseClaimed(1, leaseTime).stream().findFirst();
      next.ifPresent(lease -> turns.wentOn(place));
      return next;
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
    if (isStopRequested()) {
      return new Stop(StopReason.STOPPED);
    }
    return health.whyUnfit() != null ? new Stop(StopReason.UNFIT_HOST) : stopping.why();
  }

  private void tryAgainLater(Throwable e) throws InterruptedException {
    turns.leave(place);
    tally.triedInVain();
    log.warn("{}: cannot lease, trying again: {}", queue.url(), e.toString());
    Duration pause = shorter(idleDelay.after(tally.triesInVain()), stopping.mayWait());
    slots.pause(pause, this::isStopRequested);
  }

  /**
   * What was leased is started or given back, whatever happens.
   *
   * @param grants one for each task for which there is room
   */
  private void startAll(List<Lease> leases, List<Grant> grants) {
    int started = 0;
    try {
      while (started < grants.size() && !isStopRequested()) {
        start.start(leases.get(started), grants.get(started));
        started++;
      }
    } finally {
      leases.subList(started, leases.size()).forEach(this::giveBack);
      grants.subList(started, grants.size()).forEach(turns::giveBack);
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

  /**
   * The first look waits for nothing; when it finds nothing, the next ones wait longer and longer.
   * An interrupt by {@link #stop}, or by {@link #stopListening}, ends the wait, and is of no
   * concern to anybody else.
   *
   * @param isListening whether the wait may be cut short for others
   */
  private List<Lease> lease(int max, Duration wait, boolean isListening)
      throws IOException, InterruptedException {
    synchronized (this) {
      if (stopRequested) {
        return List.of();
      }
      leasing = Thread.currentThread();
      mayCutShort = isListening && !isLeaseCounted;
    }
    try {
      return queue.lease(max, leaseTime, shorter(wait, stopping.mayWait()));
    } catch (InterruptedException e) {
      if (isCutShort()) {
        return List.of();
      }
      throw e;
    } finally {
      synchronized (this) {
        leasing = null;
        if (isCutShort()) {
          Thread.interrupted();
        }
        isCutShort = false;
      }
    }
  }

  private synchronized boolean isCutShort() {
    return isCutShort || stopRequested;
  }

  /**
   * Ends the wait for a task to come, since there is no more room for one, or others want to know
   * what is there. Not where a lease that comes too late counts as an attempt.
   */
  private synchronized void stopListening() {
    if (leasing != null && mayCutShort) {
      isCutShort = true;
      leasing.interrupt();
    }
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
    turns.wake();
    slots.wake();
  }

  /** The host has become unfit, maybe. */
  void wake() {
    turns.wake();
    slots.wake();
  }
}
