package dev.fq.file;

import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one queue: its parts, how it is told from other directories, how it is made.
 *
 * @param root the queue's own directory, absolute
 * @param queue the tasks
 * @param tmp what is being written
 * @param dead what was given up
 */
record QueueDirectory(Path root, Path queue, Path tmp, Path dead) {

  private static final Set<String> PARTS = Set.of("queue", "tmp", "dead");
  private static final String PYTHON_PART = "movement";

  private QueueDirectory(Path root) {
    this(root, root.resolve("queue"), root.resolve("tmp"), root.resolve("dead"));
  }

  /**
   * The queue at this path.
   *
   * @throws NoQueueException if something else is there, or nothing and {@code mode} makes none
   */
  static QueueDirectory open(Path path, OpenMode mode) throws IOException {
    return open(path, mode, null);
  }

  /**
   * The same.
   *
   * @param permissions of the directory if it is made, as chmod(1) has them; null for what the
   *     umask gives
   */
  static QueueDirectory open(Path path, OpenMode mode, @Nullable Integer permissions)
      throws IOException {
    QueueDirectory directory = new QueueDirectory(path.toAbsolutePath().normalize());
    directory.refuseOtherThings();
    if (mode == OpenMode.CREATE) {
      directory.create(permissions);
    } else if (!AtomicFiles.isDirectory(directory.queue)) {
      throw new NoQueueException(
          directory.root + ": no queue here; check the path, or insert a task to make one");
    }
    return directory;
  }

  private void refuseOtherThings() throws IOException {
    if (!AtomicFiles.isDirectory(root)) {
      if (Files.exists(root)) {
        throw new NoQueueException(root + ": expected a queue's directory, found a file");
      }
      return;
    }
    if (Files.exists(root.resolve(PYTHON_PART))) {
      throw new NoQueueException(
          root
              + ": has a movement/ folder, so python-task-queue's workers may be using it, and this"
              + " version cannot share a directory with them; to take the queue over, stop them and"
              + " remove movement/");
    }
    boolean isQueue = AtomicFiles.isDirectory(queue) && AtomicFiles.isDirectory(tmp);
    String foreign = isQueue ? null : foreignEntry();
    if (foreign != null) {
      throw new NoQueueException(
          "%s: expected a queue or an empty directory, found a directory with other content (%s)"
              .formatted(root, foreign));
    }
  }

  private @Nullable String foreignEntry() throws IOException {
    try (Listing entries = new Listing(root)) {
      String name = entries.next();
      while (name != null && isOurs(name)) {
        name = entries.next();
      }
      return name;
    }
  }

  /** Whether a name in a queue's directory is none of a stranger. */
  static boolean isOurs(String name) {
    return PARTS.contains(name) || Counters.isCounter(name) || name.startsWith(".");
  }

  /** Makes what is missing, {@code queue} last: a directory that has it is whole. */
  private void create(@Nullable Integer permissions) throws IOException {
    if (Files.isDirectory(queue) && Files.isDirectory(tmp) && Files.isDirectory(dead)) {
      return;
    }
    Path parent = root.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Permissions.makeDirectory(root, permissions);
    Integer same = Permissions.of(root);
    for (Path part : List.of(tmp, dead, queue)) {
      Permissions.makeDirectory(part, same);
    }
    Durable.forceDirectory(root);
    if (parent != null) {
      Durable.forceDirectory(parent);
    }
  }

  /** What others may do with the files in it. */
  Permissions permissions(Random random) {
    return new Permissions(root, tmp, random);
  }

  Path task(TaskName name) {
    return queue.resolve(name.fileName());
  }

  /**
   * Does this for every task in {@code queue/}; what moves meanwhile may be missed or come twice.
   */
  void forEachTask(Listing.Action<TaskName> action) throws IOException {
    try {
      Listing.forEach(
          queue,
          fileName -> {
            TaskName name = TaskName.parse(fileName);
            if (name != null) {
              action.accept(name);
            }
          });
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Some task in {@code queue/} that is wanted, or null when there is none. */
  @Nullable TaskName find(Predicate<TaskName> wanted) throws IOException {
    TaskName[] found = {null};
    forEachTask(name -> found[0] = found[0] == null && wanted.test(name) ? name : found[0]);
    return found[0];
  }

  /** Whether {@code queue/} has this name, by a listing of now. */
  boolean has(String fileName) throws IOException {
    return find(name -> name.fileName().equals(fileName)) != null;
  }

  /** The trouble itself, or that the whole queue has gone when that is behind it. */
  IOException explained(IOException trouble) {
    return AtomicFiles.isGone(trouble) && !mayBeThere()
        ? new NoQueueException(
            root + ": the queue is gone: it has no directory queue/ now", trouble)
        : trouble;
  }

  /** A file server that restarts says "stale" for a while of what will be there again. */
  private boolean mayBeThere() {
    try {
      return AtomicFiles.isDirectory(queue);
    } catch (IOException e) {
      return true;
    }
  }
}
