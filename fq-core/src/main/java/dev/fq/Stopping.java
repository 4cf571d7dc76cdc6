package dev.fq;

import dev.fq.StopConditions.Stop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether a worker is to stop by itself: what the scanners of all its queues ask, one at a time.
 * Once it is, it stays so.
 *
 * <p>Queues are believed empty together when each was empty at a look, and again at one that began
 * after all those: a task of one may put another into the next. One queue by itself needs one look.
 */
final class Stopping {

  private final StopConditions conditions;
  private final Tally tally;
  private final Clock clock;

  // Guarded by this.
  private final @Nullable Instant[] idleSince;
  private final boolean[] wasEmpty;
  private final boolean[] hasLeft;
  private long round;
  private int roundsToGo;
  private @Nullable Stop stop;

  /**
   * @param tally what is done in all queues
   * @param queues how many there are
   */
  Stopping(StopConditions conditions, Tally tally, Clock clock, int queues) {
    this.conditions = conditions;
    this.tally = tally;
    this.clock = clock;
    this.idleSince = new Instant[queues];
    this.wasEmpty = new boolean[queues];
    this.hasLeft = new boolean[queues];
    this.roundsToGo = rounds();
  }

  private int rounds() {
    return wasEmpty.length == 1 ? 1 : 2;
  }

  /** Why to stop now, or null. */
  synchronized @Nullable Stop why() {
    if (stop == null) {
      Instant since = idleSince();
      Duration idle = since == null ? Duration.ZERO : Duration.between(since, clock.instant());
      stop = conditions.stop(tally.report(null), idle);
    }
    return stop;
  }

  /** Why the worker is to stop, if that is known; nothing is asked. */
  synchronized @Nullable Stop decided() {
    return stop;
  }

  /** Since when there is nothing to do in any queue; null when there is. */
  private @Nullable Instant idleSince() {
    Instant latest = null;
    for (int queue = 0; queue < idleSince.length; queue++) {
      Instant since = idleSince[queue];
      if (!hasLeft[queue] && since == null) {
        return null;
      }
      latest = latest == null || (since != null && since.isAfter(latest)) ? since : latest;
    }
    return latest;
  }

  /** How long to sleep at most before one of the conditions could hold. */
  synchronized Duration mayWait() {
    Duration wait = conditions.mayWait(tally.start(), idleSince(), clock.instant());
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** How many of so many tasks may begin. */
  synchronized int mayBegin(int free) {
    return conditions.mayBegin(free, tally.report(null).begun());
  }

  boolean leaveSlotsAlone() {
    return conditions.leaveSlotsAlone();
  }

  /** What a look that begins now is to give to {@link #isEmpty}. */
  synchronized long beginLook() {
    return round;
  }

  /**
   * A look into this queue is over.
   *
   * @param found whether there was a task
   * @param isIdle whether there was none, and nothing was running
   */
  synchronized void looked(int queue, boolean found, boolean isIdle) {
    if (!isIdle) {
      idleSince[queue] = null;
    } else if (idleSince[queue] == null) {
      idleSince[queue] = clock.instant();
    }
    if (found) {
      nextRound(rounds());
    }
  }

  /**
   * This queue is believed empty.
   *
   * @param look what {@link #beginLook} gave before the look that says so
   * @return whether that is new, so that the others are to look too, and not only when something
   *     comes
   */
  synchronized boolean isEmpty(int queue, long look) {
    if (look != round) {
      return false;
    }
    boolean isNew = !wasEmpty[queue];
    wasEmpty[queue] = true;
    for (int each = 0; each < wasEmpty.length; each++) {
      if (!wasEmpty[each] && !hasLeft[each]) {
        return isNew;
      }
    }
    nextRound(roundsToGo - 1);
    if (roundsToGo == 0 && stop == null) {
      stop = new Stop(StopReason.EMPTY);
    }
    return stop == null;
  }

  private void nextRound(int toGo) {
    Arrays.fill(wasEmpty, false);
    round++;
    roundsToGo = toGo;
  }

  /** This queue is worked on no more. */
  synchronized void left(int queue) {
    hasLeft[queue] = true;
  }
}
