package dev.fq.file.format;

import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Permissions;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** fq's own format: a file each, whose name says all. */
public final class OwnFormat implements Format {

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;
  private final Permissions permissions;
  private final Holders holders;
  private final SingleTasks tasks;

  public OwnFormat(
      QueueDirectory directory,
      DeadTasks deadTasks,
      Permissions permissions,
      Clock clock,
      Holders holders) {
    this.directory = directory;
    this.deadTasks = deadTasks;
    this.permissions = permissions;
    this.holders = holders;
    this.tasks = new SingleTasks(directory, new FullNames(directory, deadTasks), deadTasks, clock);
  }

  @Override
  public String queueName() {
    return directory.url();
  }

  @Override
  public boolean tellsOfEveryLostLease() {
    return true;
  }

  @Override
  public boolean filesSayAll() {
    return true;
  }

  @Override
  public boolean toleratesForeignNames() {
    return true;
  }

  @Override
  public void requirePossible(TaskId id) {}

  @Override
  public @Nullable TaskFile parse(String fileName) {
    return tasks.parse(fileName);
  }

  @Override
  public Parser parser() throws IOException {
    return tasks.parser();
  }

  @Override
  public @Nullable Claim claimOf(String receipt) {
    return tasks.claimOf(receipt);
  }

  @Override
  public boolean publish(Path file, TaskId id, long due, IdOrigin origin) throws IOException {
    return publish(file, directory.task(TaskName.fresh(id, due)), origin);
  }

  /** A rename is quicker than a link and a removal, and replaces nothing under a new id. */
  public static boolean publish(Path file, Path task, IdOrigin origin) throws IOException {
    if (origin != IdOrigin.GENERATED) {
      return AtomicFiles.moveToFree(file, task);
    }
    if (!AtomicFiles.move(file, task)) {
      throw new NoSuchFileException(file.toString(), null, "removed while it was being inserted");
    }
    return true;
  }

  @Override
  public void withdraw(TaskId id) {}

  /** Under a name that no other has: the id may have come in since somebody looked for it. */
  @Override
  public boolean revive(DeadTasks.Entry dead) throws IOException {
    TaskName revived = TaskName.arrived(dead.id(), holders.next());
    boolean moved = AtomicFiles.move(dead.file(), directory.task(revived));
    if (moved) {
      deadTasks.forget(dead.id());
    }
    return moved;
  }

  @Override
  public Counters counters(String host) {
    return Counters.ofHost(directory.root(), host, permissions);
  }

  @Override
  public void forEachSidecar(SidecarAction action) throws IOException {
    deadTasks.forEachLog(action);
  }

  @Override
  public Optional<Notice> notice() {
    return Optional.empty();
  }

  /** fq passes over what it does not know. */
  @Override
  public Optional<NameCheck> nameCheck() {
    return Optional.empty();
  }
}
