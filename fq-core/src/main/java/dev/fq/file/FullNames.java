package dev.fq.file;

import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The format of fq: a name says all, and is itself what tells one lease from another. */
final class FullNames implements Naming {

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;

  FullNames(QueueDirectory directory, DeadTasks deadTasks) {
    this.directory = directory;
    this.deadTasks = deadTasks;
  }

  @Override
  public boolean tellsOfEveryLostLease() {
    return true;
  }

  @Override
  public void requirePossible(TaskId id) {}

  @Override
  public boolean publish(Path file, TaskId id, long due) throws IOException {
    return AtomicFiles.move(file, directory.task(TaskName.fresh(id, due)));
  }

  @Override
  public void withdraw(TaskId id) {}

  @Override
  public @Nullable TaskName lease(TaskName waiting, long until, String holder) throws IOException {
    TaskName leased = waiting.leased(until, holder);
    return move(waiting, leased) ? leased : null;
  }

  @Override
  public TaskName renewed(TaskName held, long until) {
    return held.renewed(until);
  }

  @Override
  public TaskName letGo(TaskName name, long until) {
    return name.letGo(until);
  }

  @Override
  public boolean move(TaskName from, TaskName to) throws IOException {
    return AtomicFiles.move(directory.task(from), directory.task(to));
  }

  @Override
  public boolean giveUp(TaskName name) throws IOException {
    return deadTasks.take(directory.task(name), name.id());
  }

  @Override
  public boolean revive(TaskId id) throws IOException {
    boolean revived = publish(deadTasks.bodyFile(id), id, 0);
    if (revived) {
      deadTasks.forget(id);
    }
    return revived;
  }

  @Override
  public boolean delete(TaskName name) throws IOException {
    boolean deleted = AtomicFiles.delete(directory.task(name));
    if (deleted && name.mayHaveFailed()) {
      deadTasks.forget(name.id());
    }
    return deleted;
  }

  @Override
  public TaskName spelled(TaskName full) {
    return full;
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
