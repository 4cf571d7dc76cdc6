package dev.fq.file;

import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is kept beside tasks: their logs and, where python-task-queue looks for it, their names. A
 * worker that was killed, and every now and then one of Python's, leaves those of a task that is
 * gone.
 */
final class Sidecars {

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;

  Sidecars(QueueDirectory directory, DeadTasks deadTasks) {
    this.directory = directory;
    this.deadTasks = deadTasks;
  }

  /**
   * Those that nobody has written to for a day and that are of none of these tasks, nor of a dead
   * one. RACE: whoever makes or renames a task meanwhile writes to its records.
   */
  List<Path> orphans(Set<TaskId> tasks, Instant now) throws IOException {
    List<Path> orphans = new ArrayList<>();
    Set<TaskId> logged = deadTasks.logged();
    logged.removeAll(tasks);
    deadTasks.forEach(dead -> logged.remove(dead.id()));
    for (TaskId id : logged) {
      addOld(deadTasks.logFile(id), now, orphans);
    }
    if (directory.shared()) {
      Listing.forEach(
          directory.movement(),
          name -> {
            if (TaskId.isValid(name) && !tasks.contains(new TaskId(name))) {
              addOld(directory.movement().resolve(name), now, orphans);
            }
          });
    }
    return orphans;
  }

  private static void addOld(Path file, Instant now, List<Path> orphans) throws IOException {
    if (Leftovers.isOld(file, now)) {
      orphans.add(file);
    }
  }
}
