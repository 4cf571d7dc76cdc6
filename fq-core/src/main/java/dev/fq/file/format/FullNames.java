package dev.fq.file.format;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The names of fq's own format: one says all, and is itself what tells one lease from another. */
public final class FullNames implements Names {

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;

  /** The tasks held here whose first attempt is not the first try: those may have a log. */
  private final Set<TaskId> givenBackBefore = ConcurrentHashMap.newKeySet();

  FullNames(QueueDirectory directory, DeadTasks deadTasks) {
    this.directory = directory;
    this.deadTasks = deadTasks;
  }

  @Override
  public @Nullable TaskName lease(TaskName waiting, long until, String holder) throws IOException {
    TaskName leased = waiting.leased(until, holder);
    if (!move(waiting, leased)) {
      return null;
    }
    if (waiting.attempt() == 0 && waiting.holder() != null) {
      givenBackBefore.add(waiting.id());
    }
    return leased;
  }

  /** To the same name, so that it costs no attempt. */
  @Override
  public void unlease(TaskName leased, TaskName waiting) throws IOException {
    givenBackBefore.remove(leased.id());
    AtomicFiles.moveToFree(directory.task(leased), directory.task(waiting));
  }

  @Override
  public TaskName renewed(TaskName held, long until) {
    return held.renewed(until);
  }

  @Override
  public TaskName released(TaskName name) {
    return name.released();
  }

  @Override
  public TaskName unleased(TaskName name, long until) {
    return name.unleased(until);
  }

  @Override
  public boolean move(TaskName from, TaskName to) throws IOException {
    if (to.due() == 0 || to.holder() == null) {
      givenBackBefore.remove(from.id());
    }
    return AtomicFiles.move(directory.task(from), directory.task(to));
  }

  @Override
  public boolean giveUp(TaskName name) throws IOException {
    givenBackBefore.remove(name.id());
    return deadTasks.take(directory.task(name), name.id());
  }

  @Override
  public boolean delete(TaskName name) throws IOException {
    boolean deleted = AtomicFiles.delete(directory.task(name));
    boolean isGivenBackBefore = givenBackBefore.remove(name.id());
    if (deleted && (isGivenBackBefore || name.mayHaveFailed())) {
      deadTasks.forget(name.id());
    }
    return deleted;
  }

  @Override
  public TaskName onDisk(TaskName full) {
    return full;
  }

  @Override
  public boolean isSameAttempt(TaskName held, TaskName listed) {
    return held.isSameAttempt(listed);
  }

  @Override
  public Reader reader() {
    return listed -> listed;
  }

  /** Never: who writes in {@code queue/} moves whole files there. */
  @Override
  public boolean mayBeUnfinished(TaskName name) {
    return false;
  }
}
