package dev.fq.file.python;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.format.Format;
import dev.fq.file.format.TaskName;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory {@code movement/} of python-task-queue: a file for each task, a line for each name
 * that the task has had. Python finds a task by its last lines; fq writes them for Python's sake,
 * and itself finds tasks by listing {@code queue/}.
 */
public final class Movement {

  private static final Logger log = LoggerFactory.getLogger(Movement.class);

  private final Path directory;
  private final Permissions permissions;

  public Movement(Path directory, Permissions permissions) {
    this.directory = directory;
    this.permissions = permissions;
  }

  /** Adds a name that this task has now. */
  void add(TaskName name) throws IOException {
    byte[] line = (name.fileName() + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFiles.append(file(name.id()), line, permissions::giveTo);
  }

  /** Makes it the only name that this task is known to have had; in one step. */
  public void set(TaskName name, Path draft) throws IOException {
    AtomicFiles.write(draft, (name.fileName() + "\n").getBytes(StandardCharsets.UTF_8));
    permissions.giveTo(draft);
    AtomicFiles.move(draft, file(name.id()));
  }

  /** As {@link #add}, after a step that has been taken and stands, whatever becomes of this. */
  void addTaken(TaskName name) {
    try {
      add(name);
    } catch (IOException e) {
      log.warn(
          "{}: {} cannot be written down, so python-task-queue cannot delete or renew the task: {}",
          file(name.id()),
          name.fileName(),
          e.toString());
    }
  }

  /** Drops what was written of a task that is no longer in {@code queue/}. */
  void forget(TaskId id) {
    try {
      AtomicFiles.delete(file(id));
    } catch (IOException e) {
      // It is in nobody's way.
      log.debug("{}: cannot be removed: {}", file(id), e.toString());
    }
  }

  /** Whether this is one of the names that the task is known to have had. */
  public boolean has(TaskName name) throws IOException {
    List<String> names = names(name.id());
    return names != null && names.contains(name.fileName());
  }

  /**
   * Whether this task has had no other name, as far as is written down: nobody has ever leased it.
   */
  boolean isFirst(TaskName name) throws IOException {
    List<String> names = names(name.id());
    // Python's insert writes the task first, and its lease opens this file before its rename.
    // An insert that was tried again may have written its name twice.
    return names == null || Set.copyOf(names).equals(Set.of(name.fileName()));
  }

  /** The names that this task has had; null when nothing is written of it. */
  private @Nullable List<String> names(TaskId id) throws IOException {
    try {
      return new String(AtomicFiles.read(file(id)), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  /** Does this for every file in it. */
  void forEach(Format.SidecarAction action) throws IOException {
    Listing.forEach(
        directory,
        name -> {
          Path file = directory.resolve(name);
          if (TaskId.isValid(name) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            action.accept(new TaskId(name), file);
          }
        });
  }

  Path file(TaskId id) {
    return directory.resolve(id.value());
  }
}
