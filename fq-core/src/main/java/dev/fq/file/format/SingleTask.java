package dev.fq.file.format;

import dev.fq.spi.Payload;
import dev.fq.spi.StateCounts;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A file with one task.
 *
 * @param name what is known of it
 */
public record SingleTask(SingleTasks all, TaskName name) implements TaskFile, ListedTask {

  @Override
  public String fileName() {
    return name.fileName();
  }

  @Override
  public long due() {
    return name.due();
  }

  @Override
  public TaskId id() {
    return name.id();
  }

  @Override
  public boolean isHeld() {
    return name.holder() != null && name.due() > 0;
  }

  @Override
  public boolean mayHaveFailed() {
    return name.mayHaveFailed();
  }

  @Override
  public @Nullable Claim claim(long until, String holder) throws IOException {
    TaskName leased = all.names().lease(name, until, holder);
    return leased == null ? null : SingleClaim.of(all, name, leased);
  }

  @Override
  public String arrivedName(String holder) {
    return TaskName.arrived(name.id(), holder).fileName();
  }

  @Override
  public void count(long now, StateCounts counts) {
    counts.add(name.state(now));
  }

  @Override
  public List<SingleTask> tasks() {
    return List.of(this);
  }

  @Override
  public long deleteAll() throws IOException {
    return delete() ? 1 : 0;
  }

  @Override
  public TaskInfo info(long now) {
    return name.info(now);
  }

  @Override
  public Payload payload() throws IOException {
    return TaskFiles.payload(all.directory().file(fileName()));
  }

  @Override
  public String body() throws IOException {
    return TaskFiles.body(all.directory().file(fileName()));
  }

  private boolean delete() throws IOException {
    return all.names().delete(name);
  }

  @Override
  public boolean deleteTasks(Set<TaskId> ids, Set<TaskId> deleted) throws IOException {
    if (!ids.contains(id())) {
      return true;
    }
    boolean isDeleted = delete();
    if (isDeleted) {
      deleted.add(id());
    }
    return isDeleted;
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  /** It has one. */
  @Override
  public boolean singleOut(Set<TaskId> ids) {
    return false;
  }

  /** Whether what cannot be read as a task may only not have been written to its end. */
  public boolean mayBeUnfinished() throws IOException {
    return all.names().mayBeUnfinished(name);
  }

  /** Puts it among the dead; for the rest as {@link #delete}. */
  public boolean giveUp(String reason) throws IOException {
    return all.giveUp(name, reason);
  }

  @Override
  public long release(long now, Predicate<? super TaskInfo> which) throws IOException {
    TaskInfo info = info(now);
    boolean isPicked = info.state() == TaskState.LEASED && which.test(info);
    return isPicked && all.names().move(name, all.names().released(name)) ? 1 : 0;
  }
}
