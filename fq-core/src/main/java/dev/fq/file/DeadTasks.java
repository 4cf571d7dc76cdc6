package dev.fq.file;

import dev.fq.spi.Failure;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory {@code dead/}: tasks that were given up, and the failures of all that failed. */
final class DeadTasks {

  private static final Logger log = LoggerFactory.getLogger(DeadTasks.class);

  private static final String BODY = ".json";
  private static final String LOG = ".log";
  private static final String FIRST_FIELD = "{\"attempt\"";

  private final Path directory;
  private final Permissions permissions;

  DeadTasks(Path directory, Permissions permissions) {
    this.directory = directory;
    this.permissions = permissions;
  }

  /** Adds one failure to the task's log. */
  void log(TaskId id, Failure failure) throws IOException {
    append(id, FailureJson.of(failure));
  }

  /** Adds one line to the task's log. */
  void append(TaskId id, String line) throws IOException {
    makeDirectory();
    AtomicFiles.append(logFile(id), (line + "\n").getBytes(StandardCharsets.UTF_8));
    permissions.giveTo(logFile(id));
  }

  /**
   * Takes in the task behind this file.
   *
   * @return false when the file is gone: another was faster
   */
  boolean take(Path file, TaskId id) throws IOException {
    makeDirectory();
    return AtomicFiles.move(file, bodyFile(id));
  }

  /** Somebody may have removed it with all that was dead. */
  private void makeDirectory() throws IOException {
    if (!AtomicFiles.isDirectory(directory)) {
      Permissions.makeDirectory(directory, Permissions.of(directory.resolveSibling("queue")));
    }
  }

  /**
   * Removes a dead task and its log.
   *
   * @return false when it is gone
   */
  boolean remove(TaskId id) throws IOException {
    boolean removed = AtomicFiles.delete(bodyFile(id));
    if (removed) {
      forget(id);
    }
    return removed;
  }

  /** Drops the log of a task that has ended well; one that stays is in nobody's way. */
  void forget(TaskId id) {
    try {
      AtomicFiles.delete(logFile(id));
    } catch (IOException e) {
      log.debug("{}: cannot be removed: {}", logFile(id), e.toString());
    }
  }

  /** The failures of this task, oldest first; lines that are not failures are passed over. */
  List<Failure> failures(TaskId id) throws IOException {
    List<Failure> failures = new ArrayList<>();
    for (String line : lines(id)) {
      Failure failure = FailureJson.read(line);
      if (failure != null) {
        failures.add(failure);
      }
    }
    return failures;
  }

  /** The lines of this task's log. */
  List<String> lines(TaskId id) throws IOException {
    try {
      return new String(Files.readAllBytes(logFile(id)), StandardCharsets.UTF_8)
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
  void forEach(Listing.Action<TaskId> action) throws IOException {
    try {
      Listing.forEach(
          directory,
          name -> {
            TaskId id = idOf(name, BODY);
            if (id != null) {
              action.accept(id);
            }
          });
    } catch (NoSuchFileException e) {
      // Somebody has removed the directory with all that was dead.
      return;
    }
  }

  /** The tasks that have a log, dead or not. */
  Set<TaskId> logged() throws IOException {
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
  Stream<TaskInfo> list() throws IOException {
    if (!AtomicFiles.isDirectory(directory)) {
      return Stream.empty();
    }
    return Files.list(directory)
        .flatMap(file -> Stream.ofNullable(idOf(file.getFileName().toString(), BODY)))
        .map(DeadTasks::info);
  }

  static TaskInfo info(TaskId id) {
    return new TaskInfo(id, TaskState.DEAD, Instant.EPOCH, 0, null);
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

  Path logFile(TaskId id) {
    return directory.resolve(id.value() + LOG);
  }
}
