package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.Claim;
import dev.fq.file.format.TaskFile;
import dev.fq.spi.Lease;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Claims files of waiting tasks, and knows the claims of this process by the receipts of their
 * leases. What it has leased is returned, whatever fails after.
 */
final class Claims {

  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  /** What ends a claim's part of its leases' receipts, where a claim has several. */
  private static final char TASK_SEPARATOR = '/';

  private static final int MANY = 10_000;

  private final OpenQueue queue;
  private final Scan scan;
  private final Clock clock;
  private final PassedOver passedOver = new PassedOver();
  private final AtomicBoolean unknownTimeTold = new AtomicBoolean();
  private final Map<String, Claim> held = new ConcurrentHashMap<>();

  /** Those that have more tasks to lease. */
  private final Queue<Claim> unfinished = new ConcurrentLinkedQueue<>();

  Claims(OpenQueue queue, Scan scan) {
    this.queue = queue;
    this.scan = scan;
    this.clock = queue.clock();
  }

  /** Leases up to so many waiting tasks, in one search of the directory. */
  List<Lease> next(int max, Duration duration) throws IOException {
    warnOfUnknownTime();
    List<Lease> leases = new ArrayList<>();
    try {
      leaseFromClaimed(max, duration, leases);
      long search = scan.begin();
      while (leases.size() < max) {
        Instant now = ServerClock.earliest(clock);
        TaskFile waiting = scan.next(search, now.getEpochSecond());
        if (waiting == null) {
          break;
        }
        if (!passedOver.has(waiting.id(), now)) {
          Claim claim = claim(waiting, max - leases.size(), duration, leases);
          if (claim != null && claim.hasSingledOut()) {
            // They have come in since the search began.
            search = scan.begin();
          }
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      if (leases.isEmpty()) {
        throw e;
      }
      warnOfTroubleAfter(leases, max, e);
    }
    if (leases.isEmpty()) {
      queue.format().askForMore();
    }
    return leases;
  }

  /** Whether {@link #next} would find something, unless others are quicker. */
  boolean hasNext() throws IOException {
    Instant now = ServerClock.earliest(clock);
    return hasMore()
        || scan.find(
            now.getEpochSecond(), file -> !passedOver.has(file.id(), now) && isThere(file));
  }

  /** The name was read some time ago. */
  private boolean isThere(TaskFile file) {
    return Files.exists(queue.directory().queue().resolve(file.fileName()));
  }

  /** Whether something is claimed that is leased to nobody. */
  boolean hasMore() {
    return !unfinished.isEmpty();
  }

  /** Leases up to so many tasks of what is claimed already. */
  List<Lease> more(int max, Duration duration) throws IOException {
    List<Lease> leases = new ArrayList<>();
    try {
      leaseFromClaimed(max, duration, leases);
    } catch (IOException | RuntimeException | Error e) {
      if (leases.isEmpty()) {
        throw e;
      }
      warnOfTroubleAfter(leases, max, e);
    }
    return leases;
  }

  /** Before others are claimed, those that are claimed are used up. */
  private void leaseFromClaimed(int max, Duration duration, List<Lease> leases) throws IOException {
    for (Claim claim = unfinished.peek();
        claim != null && leases.size() < max;
        claim = unfinished.peek()) {
      leases.addAll(claim.lease(max - leases.size(), duration));
      if (claim.isUsedUp()) {
        unfinished.remove(claim);
      }
    }
  }

  /** What is leased already must reach its worker; the trouble shows again at the next lease. */
  private void warnOfTroubleAfter(List<Lease> leases, int max, Throwable trouble) {
    log.warn(
        "{}: leased {} of up to {} tasks, then: {}",
        queue.directory().url(),
        leases.size(),
        max,
        trouble.toString());
  }

  /** Leases those of these tasks that are waiting. */
  List<Lease> of(Set<TaskId> ids, Duration duration) throws IOException {
    long now = ServerClock.earliest(clock).getEpochSecond();
    List<TaskFile> waiting = new ArrayList<>();
    boolean[] isSingledOut = {false};
    do {
      isSingledOut[0] = false;
      waiting.clear();
      queue
          .tasks()
          .forEach(
              queue.format()::parse,
              file -> {
                if (ids.contains(file.id()) && file.isDue(now)) {
                  waiting.add(file);
                } else if (file.isDue(now)) {
                  isSingledOut[0] |= file.singleOut(ids);
                }
              });
    } while (isSingledOut[0]);
    List<Lease> leases = new ArrayList<>();
    try {
      for (TaskFile file : waiting) {
        claim(file, 1, duration, leases);
      }
    } catch (IOException | RuntimeException | Error e) {
      if (leases.isEmpty()) {
        throw e;
      }
      warnOfTroubleAfter(leases, ids.size(), e);
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
          queue.directory().tmp(),
          ServerClock.MARGIN.toMinutes());
    }
  }

  /** Claims a file, and leases tasks of it; null when it was not claimed. */
  private @Nullable Claim claim(TaskFile waiting, int max, Duration duration, List<Lease> leases)
      throws IOException {
    Claim claim;
    try {
      claim = waiting.claim(ServerClock.deadline(clock, duration), queue.holders().next());
    } catch (IOException e) {
      passOver(waiting, e);
      return null;
    }
    // RACE: another worker renamed it between our listing and our move. Its gain is not our error.
    if (claim == null) {
      scan.lost();
      return null;
    }
    scan.won();
    try {
      List<Lease> given = claim.lease(max, duration);
      leases.addAll(given);
      if (!given.isEmpty()) {
        hold(claim);
      }
    } catch (AccessDeniedException e) {
      passOver(waiting, e);
    }
    return claim;
  }

  /** One task that this user may not touch is no reason to end, as is a whole queue. */
  private void passOver(TaskFile waiting, IOException e) throws IOException {
    if (!AtomicFiles.isDenied(e) || !queue.directory().mayChangeTasks()) {
      throw queue.directory().explained(e);
    }
    boolean first = passedOver.add(waiting.id(), ServerClock.earliest(clock));
    log.atLevel(first ? Level.WARN : Level.DEBUG)
        .log(
            "{}: task {} is passed over, since this user may not lease it: {}",
            queue.directory().url(),
            waiting.id(),
            e.getMessage());
  }

  private void hold(Claim claim) {
    if (held.size() > MANY) {
      // Whoever lost a lease, or let it end, has not told us.
      long now = clock.instant().getEpochSecond();
      held.values().removeIf(old -> old.due() < now);
    }
    held.put(claim.key(), claim);
    if (!claim.isUsedUp()) {
      unfinished.add(claim);
    }
  }

  /**
   * The claim that has given this lease; made out from the receipt where this process does not hold
   * it, or no longer.
   *
   * @throws IllegalArgumentException if the receipt is not one of this queue's format
   */
  Claim of(Lease lease) {
    String receipt = lease.receipt();
    int end = receipt.indexOf(TASK_SEPARATOR);
    Claim claim = held.get(end < 0 ? receipt : receipt.substring(0, end));
    if (claim == null) {
      claim = queue.format().claimOf(receipt);
    }
    if (claim == null || !claim.has(lease.id())) {
      throw new IllegalArgumentException(
          "receipt \"%s\" of %s: expected the name of a leased task".formatted(receipt, lease));
    }
    return claim;
  }

  /** A lease of the claim is over. */
  void ended(Claim claim) {
    if (claim.isOver()) {
      held.remove(claim.key(), claim);
      unfinished.remove(claim);
    }
  }

  /** Parts with some of what is claimed and leased to nobody, if others look for work. */
  void share() throws IOException {
    for (Claim claim : held.values()) {
      claim.share();
    }
  }

  /** Gives back what this process has claimed and leased to nobody. */
  void giveBack() throws IOException {
    for (Claim claim : held.values()) {
      claim.giveBack(0);
    }
  }

  /** How many waiting tasks this user may not lease, as was seen lately. */
  int passedOver() {
    return passedOver.count();
  }
}
