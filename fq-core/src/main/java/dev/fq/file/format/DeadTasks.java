package dev.fq.file.format;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Nonces;
import dev.fq.file.disk.Permissions;
import dev.fq.spi.Failure;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory {@code dead/}: tasks that were given up, and the failures of all that failed.
 *
 * <p>Failures are logged from the first on, and not only when the task dies, so that reasons
 * survive the worker. The rename comes before the line: a holder that has lost its lease changes
 * nothing, and a kill in between loses one reason.
 */
public final class DeadTasks {

  private static final Logger log = LoggerFactory.getLogger(DeadTasks.class);

  private static final String BODY = ".json";
  private static final String LOG = ".log";
  private static final char TOKEN_SEPARATOR = '.';
  private static final String FIRST_FIELD = "{\"attempt\"";

  private final Path directory;
  private final Permissions permissions;
  private final Random random;

  public DeadTasks(Path directory, Permissions permissions, Random random) {
    this.directory = directory;
    this.permissions = permissions;
    this.random = random;
  }

  /** One dead task. */
  public record Entry(TaskId id, Path file) {
    public TaskInfo info() {
      return new TaskInfo(id, TaskState.DEAD, Instant.EPOCH, 0, null);
    }
  }

  /** Adds one failure to the task's log. */
  public void log(TaskId id, Failure failure) throws IOException {
    append(id, FailureJson.of(failure));
  }

  /** Adds one line to the task's log. */
  public void append(TaskId id, String line) throws IOException {
    makeDirectory();
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFiles.append(logFile(id), bytes, permissions::giveTo);
  }

  /**
   * Takes in the task behind this file: in one step, under a name that no other can have, so that a
   * dead task of the same id is not replaced. Then it gets the shorter name, if that is free.
   *
   * @return false when the file is gone: another was faster
   */
  public boolean take(Path file, TaskId id) throws IOException {
    makeDirectory();
    String name = id.value() + TOKEN_SEPARATOR + Nonces.next(random) + BODY;
    Path taken = directory.resolve(name);
    if (!AtomicFiles.move(file, taken)) {
      return false;
    }
    try {
      if (!AtomicFiles.moveToFree(taken, bodyFile(id))) {
        log.warn("{}: there is another dead task of this id; this one is {}", bodyFile(id), name);
      }
    } catch (IOException e) {
      // It is dead under either name; and somebody may have retried it already.
      log.debug("{}: stays under this name: {}", taken, e.toString());
    }
    return true;
  }

  /** Somebody may have removed it with all that was dead. */
  private void makeDirectory() throws IOException {
    if (!AtomicFiles.isRealDirectory(directory)) {
      Permissions.makeDirectory(directory, Permissions.of(directory.resolveSibling("queue")));
    }
  }

  /**
   * Removes a dead task and its log.
   *
   * @return false when it is gone
   */
  public boolean remove(Entry dead) throws IOException {
    boolean removed = AtomicFiles.delete(dead.file());
    if (removed) {
      forget(dead.id());
    }
    return removed;
  }

  /** Drops the log of a task that has ended well; one that stays is in nobody's way. */
  public void forget(TaskId id) {
    try {
      AtomicFiles.delete(logFile(id));
    } catch (IOException e) {
      log.debug("{}: cannot be removed: {}", logFile(id), e.toString());
    }
  }

  /**
   * The failures of this task since it was last retried, oldest first; lines that are not failures
   * are passed over.
   */
  public List<Failure> failures(TaskId id) throws IOException {
    List<Failure> failures = new ArrayList<>();
    for (String line : lines(id)) {
      if (FailureJson.isRevival(line)) {
        failures.clear();
      }
      Failure failure = FailureJson.read(line);
      if (failure != null) {
        failures.add(failure);
      }
    }
    return failures;
  }

  /** The lines of this task's log. */
  public List<String> lines(TaskId id) throws IOException {
    try {
      return new String(AtomicFiles.read(logFile(id)), StandardCharsets.UTF_8)
          .lines()
          .map(DeadTasks::whole)
          .toList();
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return List.of();
      }
      throw e;
    }
  }

  /**
   * Without what stands before the object: a line that was written by half, for want of room, goes
   * on as the next. In a string the quotes would be escaped.
   */
  private static String whole(String line) {
    return line.substring(Math.max(0, line.lastIndexOf(FIRST_FIELD)));
  }

  /** Does this for every dead task. */
  public void forEach(Listing.Action<Entry> action) throws IOException {
    try {
      Listing.forEach(
          directory,
          name -> {
            Entry entry = entry(name);
            if (entry != null) {
              action.accept(entry);
            }
          });
    } catch (NoSuchFileException e) {
      // Somebody has removed the directory with all that was dead.
      return;
    }
  }

  /** All dead tasks, of which there are few; second names that killed processes left go. */
  public List<Entry> tidied() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try {
      for (String name : Listing.names(directory)) {
        Entry entry = entry(name);
        if (entry != null) {
          entries.add(entry);
        } else if (name.endsWith(BODY)) {
          removeSecondName(name);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("{}: somebody has removed it with all that was dead", directory);
    }
    return entries;
  }

  private void removeSecondName(String name) throws IOException {
    TaskId id = longerNamed(name);
    Path file = directory.resolve(name);
    if (id != null && isSecondName(file, id)) {
      AtomicFiles.delete(file);
    }
  }

  /** Does this with each log, of a task that is dead or not. What is no file is no log. */
  public void forEachLog(Format.SidecarAction action) throws IOException {
    for (TaskId id : logged()) {
      Path log = logFile(id);
      if (Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
        action.accept(id, log);
      }
    }
  }

  /** The tasks that have a log, dead or not. */
  public Set<TaskId> logged() throws IOException {
    Set<TaskId> ids = new HashSet<>();
    try {
      Listing.forEach(
          directory,
          name -> {
            TaskId id = idOf(name, LOG);
            if (id != null) {
              ids.add(id);
            }
          });
    } catch (NoSuchFileException e) {
      log.debug("{}: somebody has removed it with all that was dead", directory);
    }
    return ids;
  }

  /** All dead tasks, lazily; to be closed. */
  @SuppressWarnings("StreamResourceLeak") // closed by the caller
  public Stream<Entry> list() throws IOException {
    if (!AtomicFiles.isDirectory(directory)) {
      return Stream.empty();
    }
    return Files.list(directory)
        .flatMap(file -> Stream.ofNullable(entry(file.getFileName().toString())));
  }

  /** The dead task of this id, the first of them when there are two; null when there is none. */
  public @Nullable Entry find(TaskId id) throws IOException {
    if (Files.exists(bodyFile(id), LinkOption.NOFOLLOW_LINKS)) {
      return new Entry(id, bodyFile(id));
    }
    try (Stream<Entry> all = list()) {
      return all.filter(entry -> entry.id().equals(id)).findFirst().orElse(null);
    }
  }

  /** The task of this name in the directory; null when it is none, or a second name of one. */
  private @Nullable Entry entry(String name) {
    TaskId id = idOf(name, BODY);
    if (id != null) {
      return new Entry(id, directory.resolve(name));
    }
    TaskId longer = longerNamed(name);
    Path file = directory.resolve(name);
    return longer == null || isSecondName(file, longer) ? null : new Entry(longer, file);
  }

  private static @Nullable TaskId longerNamed(String name) {
    int end = name.indexOf(TOKEN_SEPARATOR);
    return end > 0 && name.endsWith(BODY) ? idOf(name.substring(0, end), "") : null;
  }

  /** Whoever is killed while he gives a dead task its shorter name leaves both. */
  private boolean isSecondName(Path file, TaskId id) {
    try {
      return Files.isSameFile(file, bodyFile(id));
    } catch (IOException e) {
      // RACE: gone since the listing, or there is no shorter name.
      return false;
    }
  }

  private static @Nullable TaskId idOf(String name, String suffix) {
    if (!name.endsWith(suffix)) {
      return null;
    }
    String id = name.substring(0, name.length() - suffix.length());
    return TaskId.isValid(id) ? new TaskId(id) : null;
  }

  Path bodyFile(TaskId id) {
    return directory.resolve(id.value() + BODY);
  }

  public Path logFile(TaskId id) {
    return directory.resolve(id.value() + LOG);
  }
}
