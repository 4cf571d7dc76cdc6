package dev.fq;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is, of the queues of a worker, to lease tasks for what is free.
 *
 * <p>Each queue has a scanner, in a thread of its own, and one of them at a time has the turn. In
 * order, that is the first queue that may have something; a queue that was empty just now may not.
 * By turns ({@code fair}), it is the one that has begun the fewest tasks for its weight. When none
 * may have anything, and something is free, all listen at once, without the turn, and whichever
 * hears of a task asks for its turn. With one queue it is always that one's turn.
 *
 * <p>So a queue that hangs or is in trouble holds up the others for {@link #LONGEST_TURN} and no
 * longer, and as long as the first queue has tasks, one thread alone is at work. Rejected: one
 * thread that asks the queues one after another, which a service that does not answer would stop; a
 * look at all queues before each task.
 *
 * <p>A task that needs more than is free would never find it as long as smaller ones take what
 * becomes free. So while such a task is seen to be waiting, the queues behind its own begin
 * nothing, and after {@link #PATIENCE} no other queue does, until there is room.
 */
final class Turns {

  /** For so long a queue that was seen empty is taken to be so. */
  static final Duration FRESH = Duration.ofMillis(100);

  /** A scanner that does not come back from its look loses the turn to others after this time. */
  static final Duration LONGEST_TURN = Duration.ofSeconds(1);

  /** For so long queues before its own may begin tasks in the place of one that needs more. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Between two looks whether a task is waiting for which there is no room. */
  static final Duration PEEK = Duration.ofMillis(500);

  /** What a scanner is to do. */
  enum Step {
    /** Lease for what was granted. */
    LOOK,
    /** Wait for one task to come; whether there is room for it is known then. */
    LISTEN,
    /** Tell whether a task is waiting. */
    PEEK,
    /** Nothing: the time is over. */
    NOTHING
  }

  /** A scanner's turn: to be {@link #end ended} when it is to look. */
  static final class Turn {

    private final Step step;
    private final int size;
    // Guarded by the lock of the Turns.
    private final List<Grant> grants;
    private boolean isOver;

    private Turn(Step step, List<Grant> grants) {
      this.step = step;
      this.size = grants.size();
      this.grants = grants;
    }

    Step step() {
      return step;
    }

    /** How many tasks there is room for. */
    int size() {
      return size;
    }
  }

  private static final Turn LISTEN = new Turn(Step.LISTEN, List.of());
  private static final Turn LOOK_WHETHER_SOMETHING_WAITS = new Turn(Step.PEEK, List.of());
  private static final Turn NOTHING = new Turn(Step.NOTHING, List.of());

  /** Where a scanner is. */
  private enum Presence {
    /** It waits for its turn. */
    HERE,
    /** It starts, or has just had its turn, and will be here at once. */
    BUSY,
    /** It listens, pauses or has left. */
    AWAY
  }

  /** A queue among those of a worker. All below is guarded by the lock of the Turns. */
  static final class Place {

    private final Needs needs;
    private final int weight;
    private final Runnable stopListening;
    private final Condition changed;
    private Presence presence = Presence.AWAY;
    private Instant busySince = Instant.MIN;
    private boolean isListening;
    private @Nullable Instant emptyAt;
    private boolean isToLookAgain;
    private Instant peekedAt = Instant.MIN;
    private @Nullable Instant waitsForRoomSince;
    private double begunByWeight;

    private Place(Needs needs, int weight, Runnable stopListening, Condition changed) {
      this.needs = needs;
      this.weight = weight;
      this.stopListening = stopListening;
      this.changed = changed;
    }

    private boolean isEmpty(Instant now) {
      return isListening
          || (!isToLookAgain && emptyAt != null && now.isBefore(emptyAt.plus(FRESH)));
    }

    private boolean waitsForRoom(Instant now) {
      return waitsForRoomSince != null && now.isBefore(peekedAt.plus(PEEK.multipliedBy(3)));
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Resources resources;
  private final boolean isFair;
  private final Clock clock;
  private final List<Place> places = new ArrayList<>();
  private @Nullable Place holder;
  private @Nullable Turn turn;
  private Instant turnSince = Instant.MIN;

  /**
   * @param isFair whether queues take turns, instead of each having what those before it leave
   */
  Turns(Node node, boolean isFair, Clock clock) {
    this.resources = new Resources(node);
    this.isFair = isFair;
    this.clock = clock;
  }

  /**
   * Adds a queue behind those that are there; before anybody waits.
   *
   * @param weight how many tasks it begins for each of a queue that has 1
   * @param stopListening ends the listening of its scanner, as far as that does no harm
   */
  Place add(Needs needs, int weight, Runnable stopListening) {
    Place place = new Place(needs, weight, stopListening, lock.newCondition());
    places.add(place);
    return place;
  }

  /**
   * All scanners start now, and are waited for.
   *
   * @param lacking so many slots fewer are there than was thought
   */
  void open(int lacking) {
    lock.lock();
    try {
      resources.remove(lacking);
      for (Place place : places) {
        place.presence = Presence.BUSY;
        place.busySince = clock.instant();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is something for this scanner to do, at most this long or until cut short.
   */
  Turn await(Place place, Duration atMost, BooleanSupplier cutShort) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      place.presence = Presence.HERE;
      long end = System.nanoTime() + atMost.toNanos();
      while (!cutShort.getAsBoolean()) {
        Turn now = turnOf(place, clock.instant());
        if (now != null) {
          place.presence = now.step == Step.PEEK ? Presence.AWAY : Presence.BUSY;
          place.busySince = clock.instant();
          return now;
        }
        long rest = end - System.nanoTime();
        if (rest <= 0) {
          break;
        }
        pass();
        place.changed.awaitNanos(isAlone() ? rest : Math.min(rest, LONGEST_TURN.toNanos()));
      }
      place.presence = Presence.BUSY;
      place.busySince = clock.instant();
      return NOTHING;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a scanner is not to wait for tasks while it has the turn. */
  boolean areSeveral() {
    return !isAlone();
  }

  private boolean isAlone() {
    return places.size() == 1;
  }

  private @Nullable Turn turnOf(Place place, Instant now) {
    Place next = next(now);
    if (place.equals(next)) {
      return grant(place, now);
    }
    if (next == null && mayListen(place, now)) {
      place.isListening = true;
      return LISTEN;
    }
    return isToPeek(place, now) ? LOOK_WHETHER_SOMETHING_WAITS : null;
  }

  /** The queue that is to look, or null. */
  private @Nullable Place next(Instant now) {
    if (isAlone()) {
      Place only = places.get(0);
      return holder == null && resources.fits(only.needs) > 0 ? only : null;
    }
    if (holder != null) {
      if (now.isBefore(turnSince.plus(LONGEST_TURN))) {
        return null;
      }
      takeTurnAway();
    }
    List<Place> waiting = new ArrayList<>(0);
    for (Place place : ordered()) {
      if (isHeldBack(place, waiting)) {
        continue;
      }
      if (resources.fits(place.needs) == 0) {
        if (place.waitsForRoom(now)) {
          waiting.add(place);
        }
      } else if (isExpected(place, now)) {
        return null;
      } else if (place.presence == Presence.HERE && !place.isEmpty(now)) {
        return place;
      } else if (isFirst(place, now)) {
        return null;
      }
    }
    return null;
  }

  /** Whether what it would take is kept for one of those that wait for room. */
  private boolean isHeldBack(Place place, List<Place> waiting) {
    for (Place other : waiting) {
      if (resources.isShortOfWhat(other.needs, place.needs)) {
        return true;
      }
    }
    return false;
  }

  /** Whether its scanner will be here in a moment, and may find something. */
  private static boolean isExpected(Place place, Instant now) {
    return place.presence == Presence.BUSY
        && !place.isEmpty(now)
        && now.isBefore(place.busySince.plus(LONGEST_TURN));
  }

  /** Whoever has waited for room too long comes first; the others in their order. */
  private List<Place> ordered() {
    if (!isFair && places.stream().allMatch(place -> place.waitsForRoomSince == null)) {
      return places;
    }
    Instant now = clock.instant();
    List<Place> ordered = new ArrayList<>(places);
    if (isFair) {
      ordered.sort(Comparator.comparingDouble(place -> place.begunByWeight));
    }
    ordered.sort(Comparator.comparing(place -> !isFirst(place, now)));
    return ordered;
  }

  private static boolean isFirst(Place place, Instant now) {
    Instant since = place.waitsForRoomSince;
    return since != null && place.waitsForRoom(now) && !now.isBefore(since.plus(PATIENCE));
  }

  private Turn grant(Place place, Instant now) {
    int most = isFair ? share(place, now) : Integer.MAX_VALUE;
    int count = Math.min(resources.fits(place.needs), most);
    List<Grant> grants = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      grants.add(resources.take(place.needs));
    }
    place.isToLookAgain = false;
    Turn granted = new Turn(Step.LOOK, grants);
    holder = place;
    turn = granted;
    turnSince = now;
    return granted;
  }

  /** How many tasks it may begin until it is another's turn. */
  private int share(Place place, Instant now) {
    double next =
        places.stream()
            .filter(other -> !other.equals(place) && isAtWork(other, now))
            .mapToDouble(other -> other.begunByWeight)
            .min()
            .orElse(Double.MAX_VALUE);
    double share = Math.floor((next - place.begunByWeight) * place.weight) + 1;
    return (int) Math.max(1, Math.min(share, Integer.MAX_VALUE));
  }

  private static boolean isAtWork(Place place, Instant now) {
    return place.presence != Presence.AWAY && !place.isEmpty(now);
  }

  private void takeTurnAway() {
    Place late = holder;
    Turn lost = turn;
    if (late != null && lost != null) {
      late.presence = Presence.AWAY;
      giveBackGrants(lost);
    }
    holder = null;
    turn = null;
  }

  private void giveBackGrants(Turn over) {
    over.isOver = true;
    over.grants.forEach(resources::giveBack);
    over.grants.clear();
  }

  /** Listening is for those who could begin what they hear of. */
  private boolean mayListen(Place place, Instant now) {
    return !isAlone()
        && holder == null
        && place.isEmpty(now)
        && resources.fits(place.needs) > 0
        && places.stream().noneMatch(other -> isExpected(other, now))
        && !isHeldBack(place, now);
  }

  private boolean isHeldBack(Place place, Instant now) {
    for (Place other : ordered()) {
      if (other.equals(place)) {
        return false;
      }
      if (other.waitsForRoom(now) && resources.isShortOfWhat(other.needs, place.needs)) {
        return true;
      }
    }
    return false;
  }

  private boolean isToPeek(Place place, Instant now) {
    return !isAlone()
        && !place.isEmpty(now)
        && !now.isBefore(place.peekedAt.plus(PEEK))
        && resources.fits(place.needs) == 0
        && places.stream().anyMatch(other -> resources.fits(other.needs) > 0);
  }

  /** Wakes those for whom there is something to do. */
  private void pass() {
    Instant now = clock.instant();
    Place next = next(now);
    if (next != null) {
      next.changed.signal();
    }
    if (isAlone()) {
      return;
    }
    for (Place place : places) {
      if (place.presence == Presence.HERE
          && ((next == null && mayListen(place, now)) || isToPeek(place, now))) {
        place.changed.signal();
      }
    }
  }

  /**
   * What the leased tasks of a turn may take: as many grants as there are tasks, or fewer when the
   * turn was over before they came and others took what was free.
   */
  List<Grant> claim(Place place, Turn look, int tasks) {
    lock.lock();
    try {
      if (look.isOver) {
        for (int i = 0; i < tasks && resources.fits(place.needs) > 0; i++) {
          look.grants.add(resources.take(place.needs));
        }
      }
      List<Grant> left = look.grants.subList(0, Math.min(tasks, look.grants.size()));
      List<Grant> claimed = List.copyOf(left);
      left.clear();
      noteBegun(place, claimed.size());
      return claimed;
    } finally {
      lock.unlock();
    }
  }

  /** Those who had nothing for a while do not make up for it. */
  private void noteBegun(Place place, int tasks) {
    if (tasks > 0 && place.emptyAt != null) {
      Instant now = clock.instant();
      double least =
          places.stream()
              .filter(other -> !other.equals(place) && isAtWork(other, now))
              .mapToDouble(other -> other.begunByWeight)
              .min()
              .orElse(0);
      place.begunByWeight = Math.max(place.begunByWeight, least);
    }
    place.begunByWeight += (double) tasks / place.weight;
  }

  /** The scanner has looked, and found something or nothing. */
  void end(Place place, Turn look, boolean found) {
    lock.lock();
    try {
      if (!look.isOver) {
        holder = null;
        turn = null;
      }
      giveBackGrants(look);
      place.presence = Presence.BUSY;
      place.busySince = clock.instant();
      place.emptyAt = found ? null : clock.instant();
      place.waitsForRoomSince = null;
      stopListenersWithoutRoom();
      pass();
    } finally {
      lock.unlock();
    }
  }

  private void stopListenersWithoutRoom() {
    for (Place place : places) {
      if (place.isListening && resources.fits(place.needs) == 0) {
        stopListening(place);
      }
    }
  }

  /** What has come since is not known then. */
  private static void stopListening(Place place) {
    place.isToLookAgain = true;
    place.stopListening.run();
  }

  /** The scanner has listened, and heard of a task or of none. */
  void heard(Place place, boolean found) {
    lock.lock();
    try {
      place.isListening = false;
      place.emptyAt = found ? null : clock.instant();
    } finally {
      lock.unlock();
    }
  }

  /** The scanner has looked whether a task is waiting. */
  void peeked(Place place, boolean isWaiting) {
    lock.lock();
    try {
      Instant now = clock.instant();
      if (!isWaiting) {
        place.waitsForRoomSince = null;
      } else if (!place.waitsForRoom(now)) {
        place.waitsForRoomSince = now;
      }
      place.peekedAt = now;
    } finally {
      lock.unlock();
    }
  }

  /** The scanner listens no more, pauses or has ended: it is not to be waited for. */
  void leave(Place place) {
    lock.lock();
    try {
      if (place.equals(holder)) {
        takeTurnAway();
      }
      place.presence = Presence.AWAY;
      place.isListening = false;
      place.waitsForRoomSince = null;
      pass();
    } finally {
      lock.unlock();
    }
  }

  /** A task has ended. */
  void giveBack(Grant grant) {
    lock.lock();
    try {
      resources.giveBack(grant);
      pass();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a slot that has done with a task of this queue may go on with another of it, though
   * nobody has looked into the other queues.
   */
  boolean mayGoOn(Place place) {
    if (isAlone()) {
      return true;
    }
    lock.lock();
    try {
      Instant now = clock.instant();
      for (Place other : ordered()) {
        if (other.equals(place)) {
          return true;
        }
        boolean isKeptFor =
            other.waitsForRoom(now) && resources.isShortOfWhat(other.needs, place.needs);
        boolean isWantedBy =
            isAtWork(other, now)
                && resources.fitsAfter(other.needs, place.needs)
                && !isHeldBack(other, now);
        if (isKeptFor || isWantedBy) {
          return false;
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A slot has gone on with a task of this queue. */
  void wentOn(Place place) {
    if (isAlone()) {
      return;
    }
    lock.lock();
    try {
      noteBegun(place, 1);
    } finally {
      lock.unlock();
    }
  }

  /** Has all scanners look again, also those that listen. */
  void lookAgain() {
    lock.lock();
    try {
      for (Place place : places) {
        if (place.isListening) {
          stopListening(place);
        } else {
          place.isToLookAgain = true;
        }
      }
      pass();
    } finally {
      lock.unlock();
    }
  }

  /** Has those who wait look again at what cuts them short. */
  void wake() {
    lock.lock();
    try {
      places.forEach(place -> place.changed.signalAll());
    } finally {
      lock.unlock();
    }
  }
}
