package dev.fq.file.python;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Names;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskName;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of python-task-queue, whose workers may be at work here too: one says when the task is
 * due and no more, and {@code movement/} has all the names it has had. Which attempt it is and who
 * holds it, as far as it was one of fq's workers, is in the task's log; docs/python.md has the
 * steps of both sides.
 */
public final class PythonNames implements Names {

  private static final Logger log = LoggerFactory.getLogger(PythonNames.class);

  /** Who holds a task that none of fq's workers has leased. */
  static final String PYTHON = "python";

  /** Nobody takes longer to write one task. */
  private static final Duration WRITING = Duration.ofMinutes(1);

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;
  private final Movement movement;
  private final Clock clock;

  PythonNames(QueueDirectory directory, DeadTasks deadTasks, Movement movement, Clock clock) {
    this.directory = directory;
    this.deadTasks = deadTasks;
    this.movement = movement;
    this.clock = clock;
  }

  @Override
  public @Nullable TaskName lease(TaskName waiting, long until, String holder) throws IOException {
    TaskName claimed = waiting.leased(until, holder).plain();
    if (!rename(waiting, claimed)) {
      return null;
    }
    // Nobody else leases it now, so what its log says is true.
    AttemptLog past = past(waiting.id());
    int attempt = Math.max(past.attempt(), waiting.attempt()) + 1;
    TaskName leased = claimed.as(attempt, holder).renewed(past.unused(until, 1)).plain();
    // RACE: who has lost a lease until then may still end what he takes for his own.
    if (leased.due() != until && !rename(claimed, leased)) {
      return null;
    }
    note(leased, holder);
    movement.addTaken(leased);
    return leased;
  }

  @Override
  public void unlease(TaskName leased, TaskName waiting) throws IOException {
    move(leased, released(leased));
  }

  @Override
  public TaskName renewed(TaskName held, long until) throws IOException {
    return held.renewed(past(held.id()).unusedByOthers(until)).plain();
  }

  /** One that a worker of Python holds has not been counted. */
  @Override
  public TaskName released(TaskName name) throws IOException {
    TaskName released = unleased(name, 0);
    return isHeldByUs(name) ? released.as(Math.max(name.attempt() - 1, 0), null) : released;
  }

  private static boolean isHeldByUs(TaskName name) {
    return name.holder() != null && !name.holder().equals(PYTHON);
  }

  /** "Now" is the time, as Python has it. */
  @Override
  public TaskName unleased(TaskName name, long until) throws IOException {
    AttemptLog past = past(name.id());
    long due =
        until == 0 ? past.unused(clock.instant().getEpochSecond(), -1) : past.unused(until, 1);
    return name.unleased(due).plain();
  }

  /**
   * What will be is logged before the rename, so that nobody sees the name without it; a line of
   * who then cannot rename is one of a lease that was lost.
   */
  @Override
  public boolean move(TaskName from, TaskName to) throws IOException {
    if (to.holder() != null) {
      note(to, to.holder());
    } else if (to.attempt() > 0 && !to.isDue(clock.instant().getEpochSecond())) {
      note(to, from.holder() == null ? "" : from.holder());
    }
    boolean moved = rename(from, to);
    if (moved && isHeldByUs(from) && to.attempt() < from.attempt()) {
      // A kill before this line uses up an attempt; a holder that has lost the lease writes none.
      append(from, AttemptLog.release(from, clock.instant()));
    }
    if (moved) {
      movement.addTaken(to);
    }
    return moved;
  }

  private boolean rename(TaskName from, TaskName to) throws IOException {
    return AtomicFiles.move(directory.task(from), directory.task(to));
  }

  /** A task that is worked on is worth more than the count of its attempts. */
  private void note(TaskName state, String holder) {
    append(state, AttemptLog.line(state, holder, clock.instant()));
  }

  private void append(TaskName state, String line) {
    try {
      deadTasks.append(state.id(), line);
    } catch (IOException e) {
      log.warn(
          "{}: attempt {} cannot be written down, and may be counted wrongly: {}",
          deadTasks.logFile(state.id()),
          state.attempt(),
          e.toString());
    }
  }

  @Override
  public boolean giveUp(TaskName name) throws IOException {
    boolean taken = deadTasks.take(directory.task(name), name.id());
    if (taken) {
      movement.forget(name.id());
    }
    return taken;
  }

  /** A name that is due says nothing: then the log does. */
  @Override
  public boolean isSameAttempt(TaskName held, TaskName listed) throws IOException {
    AttemptLog past = past(held.id());
    boolean isLast = held.holder() != null && held.holder().equals(past.holder());
    if (!isLast || past.hasFailed()) {
      return false;
    }
    return listed.isDue(clock.instant().getEpochSecond()) || past.isLeasedUntil(listed.due());
  }

  @Override
  public boolean delete(TaskName name) throws IOException {
    boolean deleted = AtomicFiles.delete(directory.task(name));
    if (deleted) {
      movement.forget(name.id());
      deadTasks.forget(name.id());
    }
    return deleted;
  }

  @Override
  public TaskName onDisk(TaskName full) {
    return full.plain();
  }

  /** Which tasks have a log is listed once, and spares looking for those of all the others. */
  @Override
  public Reader reader() throws IOException {
    long now = clock.instant().getEpochSecond();
    Set<TaskId> logged = deadTasks.logged();
    return listed -> {
      AttemptLog past = logged.contains(listed.id()) ? past(listed.id()) : AttemptLog.of(List.of());
      int attempt = Math.max(past.attempt(), listed.attempt());
      return listed.as(attempt, listed.isDue(now) ? null : holder(listed, past));
    };
  }

  /** Who holds a task that is not due; null when it is only delayed. */
  private @Nullable String holder(TaskName name, AttemptLog past) throws IOException {
    if (name.attempt() > 0) {
      return name.holder();
    }
    if (past.isLeasedUntil(name.due())) {
      return past.holder();
    }
    return past.isDelayedUntil(name.due()) || movement.isFirst(name) ? null : PYTHON;
  }

  private AttemptLog past(TaskId id) throws IOException {
    return AttemptLog.of(deadTasks.lines(id));
  }

  /** Python writes tasks where others may lease them, and its file goes on growing then. */
  @Override
  public boolean mayBeUnfinished(TaskName name) throws IOException {
    try {
      Instant written = Files.getLastModifiedTime(directory.task(name)).toInstant();
      return written.plus(WRITING).isAfter(clock.instant());
    } catch (IOException e) {
      // RACE: an operator removed it since; then it is nothing to put among the dead.
      if (AtomicFiles.isGone(e)) {
        return true;
      }
      throw e;
    }
  }
}
