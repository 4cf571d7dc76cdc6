package dev.fq.file;

import dev.fq.spi.Limit;
import dev.fq.spi.StateCounts;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how many tasks of a queue may be leased now, where it has a limit.
 *
 * <p>Of those that run at a time: it counts what is leased before a lease, and again after, and
 * what is too many is given back by whoever has just leased it. Two that lease at the same time may
 * both give back, and try again at different moments; none keeps a task too many that a listing
 * shows. Rejected: a file for each task that may run, whose lease would be renewed beside the
 * task's; the newest leases giving way by the times in their names, since workers may lease for
 * different times.
 */
final class Limiter {

  private static final Logger log = LoggerFactory.getLogger(Limiter.class);

  /** How old what the file says may be. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** So many tasks of a pace may begin at once: those of this time. */
  private static final Duration BURST = Duration.ofMillis(100);

  /** Between two looks whether there is room again, and up to as much more. */
  private static final int PAUSE_MILLIS = 100;

  private final LimitFile file;
  private final OpenQueue queue;
  private final Clock clock;
  private final Random random;

  private volatile @Nullable Limit limit;

  // Guarded by this.
  private @Nullable Instant lastLook;
  private boolean isReadable = true;
  private Instant fullUntil = Instant.MIN;
  private @Nullable String told;

  Limiter(LimitFile file, OpenQueue queue) {
    this.file = file;
    this.queue = queue;
    this.clock = queue.clock();
    this.random = queue.random();
  }

  /**
   * How long to wait before there may be room for a task; null when nothing is known to stand
   * against one.
   */
  synchronized @Nullable Duration pause() {
    Instant now = clock.instant();
    return now.isBefore(fullUntil) ? Duration.between(now, fullUntil) : null;
  }

  /** Whether not every task may be leased, as it was at most a second ago. */
  synchronized boolean isThere() {
    look();
    return limit != null || !isReadable;
  }

  /** Whether a task might be leased now; takes no turn of the pace. */
  synchronized boolean hasRoom() {
    look();
    return isReadable && pause() == null;
  }

  /** Whether tasks have a pace, as it was at most a second ago. */
  synchronized boolean isPaced() {
    look();
    Limit now = limit;
    return now != null && now.pace() != null;
  }

  /** How many of up to so many tasks may be leased now; they are taken from the pace. */
  synchronized int room(int max) throws IOException {
    look();
    if (!isReadable || pause() != null) {
      return 0;
    }
    Limit now = limit;
    if (now == null) {
      return max;
    }
    int room = max;
    if (now.running() != null) {
      room = (int) Math.min(room, now.running() - leased());
    }
    if (room > 0 && now.pace() != null) {
      room = paced(now.pace(), room);
    } else if (room <= 0) {
      waitUntil(clock.instant().plusMillis(PAUSE_MILLIS + random.nextInt(PAUSE_MILLIS)));
    }
    return Math.max(0, room);
  }

  private void look() {
    Instant now = clock.instant();
    boolean isRecent =
        lastLook != null && !now.isBefore(lastLook) && now.isBefore(lastLook.plus(INTERVAL));
    if (isRecent) {
      return;
    }
    lastLook = now;
    try {
      limit = file.read();
      isReadable = true;
      told = null;
    } catch (IOException e) {
      isReadable = false;
      waitUntil(now.plus(INTERVAL));
      if (!Objects.equals(told, e.getMessage())) {
        log.warn("nothing is leased before this is mended: {}", e.getMessage());
      }
      told = e.getMessage();
    }
  }

  private void waitUntil(Instant time) {
    fullUntil = time;
  }

  private long leased() throws IOException {
    StateCounts counts = new StateCounts();
    long now = clock.instant().getEpochSecond();
    queue.tasks().forEach(queue.format().parser(), file -> file.count(now, counts));
    return counts.stats(0, 0).leased().orElse(0);
  }

  /** How many may begin by the pace, which they have taken then. */
  private int paced(Limit.Pace pace, int wanted) throws IOException {
    long now = clock.millis();
    long next = file.next();
    double interval = (double) pace.unit().toMillis() / pace.tasks();
    if (next > now) {
      waitUntil(Instant.ofEpochMilli(Math.min(next, now + INTERVAL.toMillis())));
      return 0;
    }
    // What nobody took is lost, but for a little.
    double from = Math.max(next, now - BURST.toMillis());
    int most = (int) Math.min(wanted, Math.floor((now - from) / interval) + 1);
    long then = (long) Math.ceil(from + most * interval);
    return file.take(next, then) ? most : 0;
  }

  /**
   * How many of so many tasks that have just been leased may stay so; the others are to be given
   * back, since more is leased than the limit says.
   */
  int kept(int leases) throws IOException {
    Limit now = limit;
    return now == null || now.running() == null ? leases : kept(leases, now.running());
  }

  private synchronized int kept(int leases, int running) throws IOException {
    long tooMany = leased() - running;
    if (tooMany <= 0) {
      return leases;
    }
    waitUntil(clock.instant().plusMillis(1L + random.nextInt(PAUSE_MILLIS)));
    return (int) Math.max(0, leases - tooMany);
  }
}
