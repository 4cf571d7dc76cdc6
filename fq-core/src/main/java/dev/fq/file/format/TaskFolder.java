package dev.fq.file.format;

import dev.fq.file.disk.Listing;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory {@code queue/}, as a format reads its names.
 *
 * @param directory the queue's
 */
public record TaskFolder(QueueDirectory directory, Format format) {

  /**
   * Does this for every file of tasks; what moves meanwhile may be missed or come twice.
   *
   * @param parser what tells what a name means
   */
  public void forEach(Format.Parser parser, Listing.Action<TaskFile> action) throws IOException {
    try {
      Listing.forEach(
          directory.queue(),
          fileName -> {
            TaskFile file = parser.parse(fileName);
            if (file != null) {
              action.accept(file);
            }
          });
    } catch (IOException e) {
      throw directory.explained(e);
    }
  }

  /** Does this for every task in it, by names alone; for the rest as {@link #forEach}. */
  public void forEachTask(Listing.Action<ListedTask> action) throws IOException {
    forEachTask(format::parse, action);
  }

  /** The same, with what this parser knows. */
  public void forEachTask(Format.Parser parser, Listing.Action<ListedTask> action)
      throws IOException {
    forEach(
        parser,
        file -> {
          for (ListedTask task : file.tasks()) {
            action.accept(task);
          }
        });
  }

  /** Whether it has no file of tasks, by a listing of now. */
  public boolean isEmpty() throws IOException {
    return directory.find(format::parse) == null;
  }

  /** The task of this id, with all that is known of it; null when there is none now. */
  public @Nullable ListedTask find(TaskId id) throws IOException {
    Format.Parser parser = format.parser();
    return directory.find(
        fileName -> {
          TaskFile file = parser.parse(fileName);
          if (file != null) {
            for (ListedTask task : file.tasks()) {
              if (task.id().equals(id)) {
                return task;
              }
            }
          }
          return null;
        });
  }

  /** Those of these ids that tasks in it have, by a listing of now. */
  public Set<TaskId> idsAmong(Set<TaskId> ids) throws IOException {
    Set<TaskId> found = new HashSet<>();
    forEachTask(
        task -> {
          if (ids.contains(task.id())) {
            found.add(task.id());
          }
        });
    return found;
  }
}
