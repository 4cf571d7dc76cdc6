package dev.fq.file;

import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Lease;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Claims waiting tasks by renaming them, and reads them. What it has claimed becomes a lease, is
 * put among the dead, or is given back; and what it has leased is returned, whatever fails after.
 */
final class Claims {

  private static final Logger log = LoggerFactory.getLogger(FileQueue.class);

  /** When to look again at a task that is not whole yet, or cannot be read for the moment. */
  private static final Duration UNTIL_NEXT_TRY = Duration.ofSeconds(5);

  /** Puts what cannot be read as a task among the dead. */
  interface Dead {
    void take(TaskName name, String reason) throws IOException;
  }

  private final QueueDirectory directory;
  private final Naming naming;
  private final Holders holders;
  private final Scan scan;
  private final Clock clock;
  private final Dead dead;
  private final PassedOver passedOver = new PassedOver();
  private final AtomicBoolean unknownTimeTold = new AtomicBoolean();

  Claims(
      QueueDirectory directory, Naming naming, Holders holders, Scan scan, Clock clock, Dead dead) {
    this.directory = directory;
    this.naming = naming;
    this.holders = holders;
    this.scan = scan;
    this.clock = clock;
    this.dead = dead;
  }

  /** Leases up to so many waiting tasks, in one search of the directory. */
  List<Lease> next(int max, Duration duration) throws IOException {
    warnOfUnknownTime();
    List<Lease> leases = new ArrayList<>();
    try {
      long search = scan.begin();
      while (leases.size() < max) {
        Instant now = ServerClock.earliest(clock);
        TaskName waiting = scan.next(search, now.getEpochSecond());
        if (waiting == null) {
          break;
        }
        if (!passedOver.has(waiting.id(), now)) {
          claim(waiting, duration).ifPresent(leases::add);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      if (leases.isEmpty()) {
        throw e;
      }
      // What is leased already must reach its worker; the trouble will show again at the next
      // lease.
      log.warn(
          "{}: leased {} of up to {} tasks, then: {}",
          directory.url(),
          leases.size(),
          max,
          e.toString());
    }
    return leases;
  }

  /** Leases those of these tasks that are waiting. */
  List<Lease> of(Set<TaskId> ids, Duration duration) throws IOException {
    long now = ServerClock.earliest(clock).getEpochSecond();
    List<TaskName> waiting = new ArrayList<>();
    directory.forEachTask(
        name -> {
          if (ids.contains(name.id()) && name.isDue(now)) {
            waiting.add(name);
          }
        });
    List<Lease> leases = new ArrayList<>();
    try {
      for (TaskName name : waiting) {
        claim(name, duration).ifPresent(leases::add);
      }
    } catch (IOException | RuntimeException | Error e) {
      if (leases.isEmpty()) {
        throw e;
      }
      log.warn(
          "{}: leased {} of {} tasks, then: {}",
          directory.url(),
          leases.size(),
          ids.size(),
          "" + e);
    }
    return leases;
  }

  private void warnOfUnknownTime() {
    if (clock instanceof ServerClock server
        && !server.isKnown()
        && unknownTimeTold.compareAndSet(false, true)) {
      log.warn(
          "{}: cannot be written, so the file server's time is not known; only tasks that have been"
              + " due for {} minutes by this host's clock are leased, and those that are due always",
          directory.tmp(),
          ServerClock.MARGIN.toMinutes());
    }
  }

  private Optional<Lease> claim(TaskName waiting, Duration duration) throws IOException {
    TaskName mine;
    try {
      mine = naming.lease(waiting, ServerClock.deadline(clock, duration), holders.next());
    } catch (IOException e) {
      passOver(waiting, e);
      return Optional.empty();
    }
    // RACE: another worker renamed it between our listing and our move. Its gain is not our error.
    if (mine == null) {
      scan.lost();
      return Optional.empty();
    }
    scan.won();
    return read(waiting, mine);
  }

  /** One task that this user may not touch is no reason to end, as is a whole queue. */
  private void passOver(TaskName waiting, IOException e) throws IOException {
    if (!AtomicFiles.isDenied(e) || !directory.mayChangeTasks()) {
      throw directory.explained(e);
    }
    boolean first = passedOver.add(waiting.id(), ServerClock.earliest(clock));
    log.atLevel(first ? Level.WARN : Level.DEBUG)
        .log(
            "{}: task {} is passed over, since this user may not lease it: {}",
            directory.url(),
            waiting.id(),
            e.getMessage());
  }

  private Optional<Lease> read(TaskName waiting, TaskName mine) throws IOException {
    try {
      return Optional.of(leaseOf(mine, payload(mine)));
    } catch (AccessDeniedException e) {
      naming.unlease(mine, waiting);
      passOver(waiting, e);
      return Optional.empty();
    } catch (InvalidPayloadException e) {
      putAside(mine, e);
      return Optional.empty();
    } catch (IOException e) {
      // RACE: an operator removed or released it between our move and our reading.
      if (AtomicFiles.isGone(e)) {
        return Optional.empty();
      }
      giveBack(mine);
      throw e;
    }
  }

  /** What is not handed out must not wait for the end of its lease; but others have trouble too. */
  private void giveBack(TaskName mine) {
    try {
      naming.move(mine, naming.unleased(mine, ServerClock.deadline(clock, UNTIL_NEXT_TRY)));
    } catch (IOException e) {
      log.warn(
          "{}: task {} waits until its lease ends: {}", directory.url(), mine.id(), e.toString());
    }
  }

  private void putAside(TaskName mine, InvalidPayloadException e) throws IOException {
    if (naming.mayBeUnfinished(mine)) {
      log.debug("{}: task {} is not whole yet: {}", directory.url(), mine.id(), e.getMessage());
      naming.move(mine, naming.unleased(mine, ServerClock.deadline(clock, UNTIL_NEXT_TRY)));
      return;
    }
    try {
      dead.take(mine, "not a task: " + e.getMessage());
    } catch (IOException trouble) {
      giveBack(mine);
      throw trouble;
    }
    log.warn(
        "{}: task {} cannot be read and is dead now: {}",
        directory.url(),
        mine.id(),
        e.getMessage());
  }

  private Payload payload(TaskName mine) throws IOException {
    try {
      return TaskFiles.payload(directory.task(mine));
    } catch (IOException e) {
      // RACE: somebody has edited the file, which put another in its place (sed -i). NFS clients go
      // on with the old one's handle, until the directory is listed.
      if (AtomicFiles.isGone(e) && directory.has(mine.fileName())) {
        return TaskFiles.payload(directory.task(mine));
      }
      throw e;
    }
  }

  /** The lease that a claimed name is. */
  static Lease leaseOf(TaskName mine, Payload payload) {
    return new Lease(
        mine.id(),
        payload,
        mine.attempt(),
        Instant.ofEpochSecond(mine.due()),
        mine.full().fileName());
  }

  /** How many waiting tasks this user may not lease, as was seen lately. */
  int passedOver() {
    return passedOver.count();
  }
}
