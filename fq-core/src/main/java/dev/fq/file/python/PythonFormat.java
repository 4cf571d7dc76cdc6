package dev.fq.file.python;

import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Permissions;
import dev.fq.file.format.Claim;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Format;
import dev.fq.file.format.Layout;
import dev.fq.file.format.OwnFormat;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.SingleTasks;
import dev.fq.file.format.TaskFile;
import dev.fq.file.format.TaskName;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The format that is shared with python-task-queue: a file each, whose name says little; the rest
 * stands in {@code movement/} and in logs.
 */
public final class PythonFormat implements Format {

  private static final String SEPARATOR = "--";
  private static final Pattern READABLE = Pattern.compile("[0-9]+--(?!.*--).*(?<!\\.jsonl)");

  private static final NameCheck NAME_CHECK =
      new NameCheck(
          "plain names",
          "python-task-queue can read all names in queue/",
          List.of(
              new NameFault(
                  name -> !isReadable(name),
                  "python-task-queue cannot read %s names in queue/, and ends at them",
                  "move them away"),
              new NameFault(
                  PythonFormat::isFull,
                  "%s names in queue/ are in fq's own format, and python-task-queue would run those"
                      + " tasks again and again",
                  "fq migrate --to python, or fq migrate where nobody shares it; with all workers"
                      + " stopped")));

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;
  private final Permissions permissions;
  private final Movement movement;
  private final Clock clock;
  private final SingleTasks tasks;

  public PythonFormat(
      QueueDirectory directory, DeadTasks deadTasks, Permissions permissions, Clock clock) {
    this.directory = directory;
    this.deadTasks = deadTasks;
    this.permissions = permissions;
    this.movement = new Movement(directory.part(Layout.MOVEMENT), permissions);
    this.clock = clock;
    this.tasks =
        new SingleTasks(
            directory, new PythonNames(directory, deadTasks, movement, clock), deadTasks, clock);
  }

  /**
   * Whether Python can read a name in {@code queue/}; one that it cannot, ends it. It wants a
   * number and one {@code --}, and takes what follows that for an id, up to the last dot.
   */
  public static boolean isReadable(String fileName) {
    return READABLE.matcher(fileName).matches();
  }

  /** A path, since Python opens it as one. */
  @Override
  public String queueName() {
    return directory.root().toString();
  }

  /** Not of those that Python takes over, nor to its workers. */
  @Override
  public boolean tellsOfEveryLostLease() {
    return false;
  }

  @Override
  public boolean filesSayAll() {
    return false;
  }

  /** A worker of Python ends at one. */
  @Override
  public boolean toleratesForeignNames() {
    return false;
  }

  /** Python takes what stands after the second {@code --} for a third part, and ends. */
  @Override
  public void requirePossible(TaskId id) {
    if (id.value().contains(SEPARATOR)) {
      throw new IllegalArgumentException(
          "task id \"%s\": expected one without \"--\", since python-task-queue, with which %s is"
                  .formatted(id, directory.root())
              + " shared, cannot read such names");
    }
  }

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

  /** Written down first: once the task is there, a worker of Python may add to what is written. */
  @Override
  public boolean publish(Path file, TaskId id, long due, IdOrigin origin) throws IOException {
    requirePossible(id);
    TaskName fresh = TaskName.fresh(id, due);
    movement.add(fresh);
    return OwnFormat.publish(file, directory.task(fresh), origin);
  }

  @Override
  public void withdraw(TaskId id) {
    movement.forget(id);
  }

  /**
   * Logged first, for those who lease the task at once. The log stays, since it tells which dues
   * the task has had: no lease may get one of them again.
   */
  @Override
  public boolean revive(DeadTasks.Entry dead) throws IOException {
    deadTasks.append(dead.id(), AttemptLog.revival(clock.instant()));
    TaskName fresh = TaskName.fresh(dead.id(), 0);
    movement.add(fresh);
    boolean moved = AtomicFiles.move(dead.file(), directory.task(fresh));
    if (!moved) {
      movement.forget(dead.id());
    }
    return moved;
  }

  @Override
  public Counters counters(String host) {
    return Counters.ofPython(directory.root(), permissions);
  }

  @Override
  public void forEachSidecar(SidecarAction action) throws IOException {
    deadTasks.forEachLog(action);
    movement.forEach(action);
  }

  @Override
  public Optional<Notice> notice() {
    return Optional.of(
        new Notice(
            "python",
            "shared with python-task-queue: what its workers do has no attempts, no holders and no"
                + " dead tasks, and whoever's lease ends in the same second as another's may take"
                + " it for his own",
            "docs/python.md has all of it; fq migrate makes the queue fq's alone"));
  }

  @Override
  public Optional<NameCheck> nameCheck() {
    return Optional.of(NAME_CHECK);
  }

  private static boolean isFull(String fileName) {
    TaskName name = TaskName.parse(fileName);
    return name != null && name.attempt() > 0;
  }
}
