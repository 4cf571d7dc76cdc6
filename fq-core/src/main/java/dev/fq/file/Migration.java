package dev.fq.file;

import dev.fq.file.counter.CounterMerge;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Durable;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Format;
import dev.fq.file.format.Holders;
import dev.fq.file.format.Layout;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.SingleTask;
import dev.fq.file.format.TaskName;
import dev.fq.file.python.AttemptLog;
import dev.fq.file.python.Movement;
import dev.fq.file.python.PythonFormat;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;

/**
 * Turns a file queue from fq's own format into the one that is shared with python-task-queue, or
 * back: in place, a rename a task, with its workers stopped. One that was broken off, or killed, is
 * carried on by the next; the queue can be worked on by fq in between.
 *
 * <p>Attempts of fq's workers are kept, and so are delays, failures, dead tasks and counts. Until
 * it is done the directory has a folder {@code movement/}, so that every process takes it for a
 * shared one.
 */
public final class Migration {

  private static final String TO_BE_DONE =
      "; stop all workers, give back what a killed one held with fq release, and try again";

  private final OpenQueue queue;
  private final QueueDirectory directory;
  private final Permissions permissions;
  private final DeadTasks deadTasks;
  private final Movement movement;
  private final Clock clock;
  private final Random random;

  private Migration(QueueDirectory directory, Clock clock, Random random) {
    this.queue = OpenQueue.of(directory, Holders.here(random), clock, random);
    this.directory = directory;
    this.permissions = queue.permissions();
    this.deadTasks = queue.deadTasks();
    this.movement = new Movement(directory.part(Layout.MOVEMENT), permissions);
    this.clock = clock;
    this.random = random;
  }

  /**
   * One for the queue at this path.
   *
   * @throws NoQueueException if there is none
   */
  public static Migration of(Path queue) throws IOException {
    QueueDirectory directory = QueueDirectory.open(queue, OpenMode.EXISTING);
    Random random = new Random();
    Clock clock = new ServerClock(Clock.systemUTC(), System::nanoTime, directory.tmp(), random);
    return new Migration(directory, clock, random);
  }

  static Migration of(Path queue, Clock clock, Random random) throws IOException {
    return new Migration(QueueDirectory.open(queue, OpenMode.EXISTING), clock, random);
  }

  /**
   * Turns it into fq's own format. Of a queue that is in it already, nothing is changed.
   *
   * @param progress is told now and then how many tasks have got another name
   * @return how many
   * @throws IOException if a task is leased, or somebody goes on working on the queue
   */
  public long toOwnFormat(LongConsumer progress) throws IOException {
    if (directory.layout() == Layout.OWN) {
      return 0;
    }
    refuseLeased();
    long renamed =
        renameAll(queue.format().parser(), known -> known.unleased(known.due()), progress);
    mergeCounters();
    removeMovement();
    return renamed;
  }

  private void removeMovement() throws IOException {
    Path folder = directory.part(Layout.MOVEMENT);
    Listing.forEach(folder, name -> AtomicFiles.delete(folder.resolve(name)));
    try {
      AtomicFiles.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      throw new IOException(folder + ": somebody goes on writing there" + TO_BE_DONE, e);
    }
    Durable.forceDirectory(directory.root());
  }

  /**
   * Turns it into the format that python-task-queue's workers share. One that was broken off is
   * carried on.
   *
   * @param progress is told now and then how many tasks have got another name
   * @return how many
   * @throws IOException if a task is leased or has an id that Python cannot read, something else is
   *     in {@code queue/} that it would die of, or the queue waits for others
   */
  public long toPython(LongConsumer progress) throws IOException {
    refuseLeased();
    refuseGateAndLimit();
    if (directory.layout() == Layout.OWN) {
      queue.format().unbundle();
    }
    refuseWhatPythonCannotRead();
    Permissions.makeDirectory(directory.part(Layout.MOVEMENT), Permissions.of(directory.root()));
    long renamed = renameAll(queue.format()::parse, this::writtenDown, progress);
    mergeCounters();
    return renamed;
  }

  /** Back to fq's format too: a migration to Python's that was killed may have left parts. */
  private void mergeCounters() throws IOException {
    new CounterMerge(directory.root(), directory.tmp(), permissions, random).run();
  }

  /** What a name says is kept beside it before it says no more. */
  private TaskName writtenDown(TaskName listed) throws IOException {
    if (listed.attempt() > 0
        && listed.attempt() > AttemptLog.of(deadTasks.lines(listed.id())).attempt()) {
      deadTasks.append(
          listed.id(), AttemptLog.line(listed.unleased(listed.due()), "", clock.instant()));
    }
    TaskName plain = listed.plain();
    if (!movement.has(plain)) {
      movement.set(plain, directory.draft(plain.id().value(), random));
    }
    return plain;
  }

  private void refuseLeased() throws IOException {
    long now = ServerClock.earliest(clock).getEpochSecond();
    List<TaskInfo> leased = new ArrayList<>();
    queue
        .tasks()
        .forEachTask(
            queue.format().parser(),
            task -> {
              TaskInfo info = task.info(now);
              if (info.state() == TaskState.LEASED) {
                leased.add(info);
              }
            });
    if (!leased.isEmpty()) {
      throw new IOException(
          "%s: %s tasks are leased, such as %s by %s%s"
              .formatted(
                  directory.root(),
                  leased.size(),
                  leased.get(0).id(),
                  leased.get(0).holder(),
                  TO_BE_DONE));
    }
  }

  private void refuseGateAndLimit() throws IOException {
    List<String> names = Listing.names(directory.root());
    if (names.contains(Layout.GATE)) {
      throw new IOException(
          directory.root()
              + ": its gate is closed, and workers of python-task-queue know no gates; open it first,"
              + " with fq gate --open");
    }
    if (names.contains(Layout.LIMIT)) {
      throw new IOException(
          directory.root()
              + ": it has a limit, and workers of python-task-queue know none; end it first, with fq"
              + " limit --off");
    }
  }

  private void refuseWhatPythonCannotRead() throws IOException {
    List<String> unreadable = new ArrayList<>();
    Listing.forEach(
        directory.queue(),
        name -> {
          if (!PythonFormat.isReadable(name)) {
            unreadable.add(name);
          }
        });
    if (!unreadable.isEmpty()) {
      throw new IOException(
          "%s: %s names that python-task-queue cannot read, and would end at, such as %s; move them"
                  .formatted(directory.queue(), unreadable.size(), unreadable.get(0))
              + " away, or complete those tasks first");
    }
  }

  /** Gives a task another name, and the same when it has the right one. */
  private interface Renaming {
    TaskName of(TaskName known) throws IOException;
  }

  /** Nobody else makes such a name, since workers are stopped. */
  private boolean rename(TaskName listed, TaskName to) throws IOException {
    if (Files.exists(directory.task(to), LinkOption.NOFOLLOW_LINKS)
        && Files.exists(directory.task(listed), LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "%s: two tasks have the id %s, and would have one name; let fq doctor --fix part them,"
                  .formatted(directory.root(), listed.id())
              + " and try again");
    }
    return AtomicFiles.move(directory.task(listed), directory.task(to));
  }

  /** A listing may miss what is renamed meanwhile, or show it twice: until one shows nothing. */
  private long renameAll(Format.Parser parser, Renaming renaming, LongConsumer progress)
      throws IOException {
    long[] renamed = {0};
    long before;
    do {
      before = renamed[0];
      queue
          .tasks()
          .forEach(
              parser,
              file -> {
                if (file instanceof SingleTask task && isRenamed(task.name(), renaming)) {
                  renamed[0]++;
                  progress.accept(renamed[0]);
                }
              });
    } while (renamed[0] > before);
    return renamed[0];
  }

  private boolean isRenamed(TaskName listed, Renaming renaming) throws IOException {
    TaskName to = renaming.of(listed);
    return !to.fileName().equals(listed.fileName()) && rename(listed, to);
  }
}
