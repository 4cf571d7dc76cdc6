package dev.fq.file.format;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.ServerClock;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Lease;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claimed file with one task, and so with one lease. Its receipt is the name as first leased.
 *
 * <p>Work that was finished is not done twice: a deletion finds the attempt also when an operator
 * has released it or moved it to {@code 0--…} meanwhile. The nonce of its holder tells, which a
 * release leaves in the name. Rejected: the number of the attempt, which begins anew when a dead
 * task is retried.
 */
public final class SingleClaim implements Claim {

  private static final Logger log = LoggerFactory.getLogger(SingleClaim.class);

  /** When to look again at a task that is not whole yet, or cannot be read for the moment. */
  private static final Duration UNTIL_NEXT_TRY = Duration.ofSeconds(5);

  private final SingleTasks all;
  private final String key;
  private final @Nullable TaskName waiting;

  /**
   * What the file is called now, as far as is known. RACE: a renewal that hangs must not hold up
   * the end of the task, so there is no lock: the steps of two threads meet at the rename.
   */
  private volatile TaskName held;

  /** One whose lease was given before. */
  SingleClaim(SingleTasks all, String key, TaskName held) {
    this(all, key, null, held);
  }

  private SingleClaim(SingleTasks all, String key, @Nullable TaskName waiting, TaskName held) {
    this.all = all;
    this.key = key;
    this.waiting = waiting;
    this.held = held;
  }

  /** One that has just been made. */
  static SingleClaim of(SingleTasks all, TaskName waiting, TaskName leased) {
    return new SingleClaim(all, leased.full().fileName(), waiting, leased);
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public boolean has(TaskId id) {
    return held.id().equals(id);
  }

  @Override
  public long due() {
    return held.due();
  }

  @Override
  public boolean isUsedUp() {
    return true;
  }

  /** Each verb but the renewal ends its lease. */
  @Override
  public boolean isOver() {
    return true;
  }

  /** It is leased, and waits for its holder or for its end. */
  @Override
  public void giveBack(long due) {}

  @Override
  public List<Lease> lease(int max, Duration duration) throws IOException {
    TaskName mine = held;
    try {
      return List.of(
          new Lease(
              mine.id(), payload(mine), mine.attempt(), Instant.ofEpochSecond(mine.due()), key));
    } catch (AccessDeniedException e) {
      if (waiting != null) {
        all.names().unlease(mine, waiting);
      }
      throw e;
    } catch (InvalidPayloadException e) {
      putAside(mine, e);
      return List.of();
    } catch (IOException e) {
      // RACE: an operator removed or released it between our move and our reading.
      if (AtomicFiles.isGone(e)) {
        return List.of();
      }
      giveBack(mine);
      throw e;
    }
  }

  private Payload payload(TaskName mine) throws IOException {
    try {
      return TaskFiles.payload(all.directory().task(mine));
    } catch (IOException e) {
      // RACE: somebody has edited the file, which put another in its place (sed -i). NFS clients go
      // on with the old one's handle, until the directory is listed.
      if (AtomicFiles.isGone(e) && all.directory().has(mine.fileName())) {
        return TaskFiles.payload(all.directory().task(mine));
      }
      throw e;
    }
  }

  /** What is not handed out must not wait for the end of its lease; but others have trouble too. */
  private void giveBack(TaskName mine) {
    try {
      untilNextTry(mine);
    } catch (IOException e) {
      log.warn(
          "{}: task {} waits until its lease ends: {}",
          all.directory().url(),
          mine.id(),
          e.toString());
    }
  }

  private void untilNextTry(TaskName mine) throws IOException {
    all.names()
        .move(mine, all.names().unleased(mine, ServerClock.deadline(all.clock(), UNTIL_NEXT_TRY)));
  }

  private void putAside(TaskName mine, InvalidPayloadException e) throws IOException {
    if (all.names().mayBeUnfinished(mine)) {
      log.debug(
          "{}: task {} is not whole yet: {}", all.directory().url(), mine.id(), e.getMessage());
      untilNextTry(mine);
      return;
    }
    try {
      giveUp("not a task: " + e.getMessage());
    } catch (IOException trouble) {
      giveBack(mine);
      throw trouble;
    }
    log.warn(
        "{}: task {} cannot be read and is dead now: {}",
        all.directory().url(),
        mine.id(),
        e.getMessage());
  }

  @Override
  public boolean renew(Lease lease, long until) throws IOException {
    return isDone(
        from -> {
          TaskName renewed = all.names().renewed(from, until);
          boolean isMoved = all.names().move(from, renewed);
          if (isMoved) {
            held = renewed;
          }
          return isMoved;
        });
  }

  @Override
  public boolean release(Lease lease) throws IOException {
    return isDone(from -> all.names().move(from, all.names().released(from)));
  }

  @Override
  public boolean release(Lease lease, String reason) throws IOException {
    boolean released = release(lease);
    if (released) {
      all.log(held, reason, false);
    }
    return released;
  }

  @Override
  public boolean fail(Lease lease, String reason, long retryAt) throws IOException {
    boolean failed = isDone(from -> all.names().move(from, all.names().unleased(from, retryAt)));
    if (failed) {
      all.log(held, reason, true);
    }
    return failed;
  }

  @Override
  public boolean giveUp(Lease lease, String reason) throws IOException {
    return giveUp(reason);
  }

  private boolean giveUp(String reason) throws IOException {
    return isDone(from -> all.giveUp(from, reason));
  }

  /** A step from the name that is held; false when that is gone. */
  private interface Step {
    boolean isTaken(TaskName from) throws IOException;
  }

  /**
   * A stale handle is no proof that the name is gone, nor is it lost when only the answer to its
   * renewal was; a listing tells.
   */
  private boolean isDone(Step step) throws IOException {
    TaskName from = held;
    if (step.isTaken(from)) {
      return true;
    }
    TaskName found = all.find(from.id(), listed -> isHeldStill(from, listed));
    return found != null && step.isTaken(found.as(from.attempt(), from.holder()));
  }

  private boolean isHeldStill(TaskName from, TaskName listed) throws IOException {
    return listed.fileName().equals(from.fileName())
        || (!listed.isDue(all.clock().instant().getEpochSecond())
            && all.names().isSameAttempt(from, listed));
  }

  @Override
  public boolean delete(Lease lease) throws IOException {
    TaskName mine = held;
    return all.names().delete(mine) || isDeletedUnlessLeasedSince(mine);
  }

  private boolean isDeletedUnlessLeasedSince(TaskName mine) throws IOException {
    TaskName found = all.find(mine.id(), listed -> all.names().isSameAttempt(mine, listed));
    return found != null && all.names().delete(found);
  }
}
