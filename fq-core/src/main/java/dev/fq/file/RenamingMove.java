package dev.fq.file;

import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskFile;
import dev.fq.spi.DirectMove;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Moves waiting tasks from one file queue to another of the same file system: a rename each, to a
 * name that no other task can have. Whoever else renames or removes the task was faster, or is too
 * late.
 *
 * <p>Tasks arrive as new: their attempts and the reasons of their failures stay behind, as with
 * every move between queues.
 *
 * <p>The new name has a fresh nonce, so that it replaces nothing, and a task is in exactly one
 * queue whoever is killed.
 */
final class RenamingMove implements DirectMove {

  private static final String OWNERSHIP = "unix:mode,uid,gid";

  private final OpenQueue from;
  private final OpenQueue to;
  private final Counters countersTo;
  private final Scan scan;
  private final Map<TaskId, String> staying = new LinkedHashMap<>();
  private Set<TaskId> taken;
  private long search;
  private boolean secondLook;
  private long moved;

  RenamingMove(OpenQueue from, OpenQueue to, Counters countersTo) throws IOException {
    this.from = from;
    this.to = to;
    this.countersTo = countersTo;
    this.scan = new Scan(from.tasks(), to.random());
    this.taken = ids();
    this.search = scan.begin();
  }

  /**
   * Whether tasks can go from one to the other by renames: files say all, the queues are on one
   * file system, and lie where the same users may do the same with their files, since a renamed
   * file keeps its owner, group and mode.
   */
  static boolean isPossible(OpenQueue from, OpenQueue to) throws IOException {
    return from.format().filesSayAll()
        && to.format().filesSayAll()
        && areAlike(from.directory(), to.directory())
        && canRename(from.directory(), to.directory(), from.random());
  }

  private static boolean areAlike(QueueDirectory from, QueueDirectory to) throws IOException {
    return !from.root().getFileSystem().supportedFileAttributeViews().contains("unix")
        || Files.readAttributes(from.root(), OWNERSHIP)
            .equals(Files.readAttributes(to.root(), OWNERSHIP));
  }

  /** Mount points part even directories of one file system (rename(2), EXDEV): tried out. */
  private static boolean canRename(QueueDirectory from, QueueDirectory to, Random random)
      throws IOException {
    if (!from.root().getFileSystem().equals(to.root().getFileSystem())) {
      return false;
    }
    Path probe = from.draft("move", random);
    Path there = to.draft("move", random);
    try {
      AtomicFiles.write(probe, new byte[0]);
      return AtomicFiles.move(probe, there);
    } catch (AtomicMoveNotSupportedException e) {
      return false;
    } finally {
      AtomicFiles.removeProbe(probe);
      AtomicFiles.removeProbe(there);
    }
  }

  /** All ids in the second queue, of dead tasks too. */
  private Set<TaskId> ids() throws IOException {
    Set<TaskId> ids = new HashSet<>();
    to.tasks().forEachTask(task -> ids.add(task.id()));
    to.deadTasks().forEach(dead -> ids.add(dead.id()));
    return ids;
  }

  @Override
  public boolean moveSome(int max) throws IOException {
    int count = 0;
    try {
      while (count < max) {
        TaskFile waiting = scan.next(search, ServerClock.earliest(from.clock()).getEpochSecond());
        if (waiting == null) {
          return lookAgain();
        }
        count += moved(waiting);
      }
      return true;
    } finally {
      moved += count;
      countersTo.inserted(count);
    }
  }

  /** How many tasks are moved. */
  private int moved(TaskFile waiting) throws IOException {
    Set<TaskId> ids = new HashSet<>();
    waiting.tasks().forEach(task -> ids.add(task.id()));
    boolean isAlone = ids.equals(Set.of(waiting.id()));
    boolean isTaken = !Collections.disjoint(ids, taken);
    if (isTaken && isAlone) {
      staying.put(waiting.id(), "there is a task of this id");
      return 0;
    }
    if (isTaken || !waiting.isWhole()) {
      // Tasks of a bundle get files of their own then, which move as all others.
      waiting.singleOut(ids);
      search = scan.begin();
      return 0;
    }
    String arrived = waiting.arrivedName(to.holders().next());
    try {
      if (!AtomicFiles.move(
          from.directory().file(waiting.fileName()), to.directory().file(arrived))) {
        scan.lost();
        return 0;
      }
    } catch (IOException e) {
      if (AtomicFiles.isDenied(e)
          && from.directory().mayChangeTasks()
          && to.directory().mayChangeTasks()) {
        staying.put(waiting.id(), "this user may not move it: " + e.getMessage());
        return 0;
      }
      throw from.directory().explained(to.directory().explained(e));
    }
    scan.won();
    if (waiting.mayHaveFailed()) {
      from.deadTasks().forget(waiting.id());
    }
    return ids.size();
  }

  /** What was in the way may have been on its way itself. */
  private boolean lookAgain() throws IOException {
    if (secondLook || staying.isEmpty()) {
      scan.close();
      return false;
    }
    secondLook = true;
    staying.clear();
    taken = ids();
    search = scan.begin();
    return true;
  }

  @Override
  public long moved() {
    return moved;
  }

  @Override
  public Map<TaskId, String> staying() {
    return Map.copyOf(staying);
  }
}
