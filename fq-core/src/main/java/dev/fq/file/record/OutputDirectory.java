package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.spi.OutputLog;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What tasks have written, in a directory.
 *
 * <pre>
 *   TIME-HOLDER.gz       what the attempts of one worker wrote, one after another; zcat(1) reads it
 *   TIME-HOLDER.index    which bytes of it are whose, a line of JSON each
 *   TASK.HOLDER.tail     a line of the index, and the last bytes of a long output that still grows
 * </pre>
 */
public final class OutputDirectory implements OutputLog {

  private static final String DATA = ".gz";
  private static final String INDEX = ".index";
  private static final String TAIL = ".tail";

  private final WorkerFiles workers;
  private final Clock clock;

  public OutputDirectory(WorkerFiles workers, Clock clock) {
    this.workers = workers;
    this.clock = clock;
  }

  WorkerFiles files() {
    return workers;
  }

  Clock clock() {
    return clock;
  }

  static Path data(Path name) {
    return name.resolveSibling(name.getFileName() + DATA);
  }

  static Path index(Path name) {
    return name.resolveSibling(name.getFileName() + INDEX);
  }

  /** The file with the members that this index is of. */
  static Path dataOf(Path index) {
    String name = index.getFileName().toString();
    return index.resolveSibling(name.substring(0, name.length() - INDEX.length()) + DATA);
  }

  Path newTail(TaskId task) {
    return workers.directory().resolve(task + "." + workers.holder() + TAIL);
  }

  List<WorkerFile> indexes() throws IOException {
    return workers.files(INDEX);
  }

  /** The tails of this task's attempts. */
  List<Path> tails(TaskId task) throws IOException {
    return names(name -> name.startsWith(task + ".") && name.endsWith(TAIL));
  }

  private interface NameFilter {
    boolean isWanted(String name);
  }

  private List<Path> names(NameFilter filter) throws IOException {
    List<Path> found = new ArrayList<>();
    try {
      Listing.forEach(
          workers.directory(),
          name -> {
            if (filter.isWanted(name)) {
              found.add(workers.directory().resolve(name));
            }
          });
    } catch (NoSuchFileException nothingWritten) {
      return List.of();
    }
    return found;
  }

  /** How many bytes the files of all workers have. */
  long size() throws IOException {
    long size = 0;
    for (String suffix : List.of(DATA, INDEX)) {
      for (WorkerFile file : workers.files(suffix)) {
        size += file.size();
      }
    }
    return size;
  }

  @Override
  public Writer writer(Keep which, Limits limits) {
    return new OutputWriter(this, which, limits);
  }

  @Override
  public Search search(TaskId task) {
    return new OutputSearch(this, task);
  }

  @Override
  public long prune(Instant before) throws IOException {
    // The index first: what it names is there.
    long removed = workers.prune(INDEX, before) + workers.prune(DATA, before);
    for (Path tail : names(name -> name.endsWith(TAIL))) {
      boolean isOld = new WorkerFile(tail, Instant.EPOCH).isOlderThan(before);
      removed += isOld && AtomicFiles.delete(tail) ? 1 : 0;
    }
    return removed;
  }

  @Override
  public String toString() {
    return workers.toString();
  }
}
