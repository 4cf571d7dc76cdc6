package dev.fq.file;

import dev.fq.spi.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The waiting tasks that this process's user may not lease: those of others in a directory with the
 * sticky bit, and those whose files it may not read. They are tried again after a while.
 *
 * <p>Permission denied does not mean that another was faster: where the whole directory may not be
 * written, the worker ends. Rejected: putting among the dead what this user may not read, since its
 * owner's worker may.
 */
final class PassedOver {

  private static final Duration WHILE = Duration.ofMinutes(1);
  private static final int MOST = 100_000;

  // Guarded by this.
  private final Set<TaskId> ids = new HashSet<>();
  private Instant since = Instant.MIN;

  /** Whether this task is one of them now. */
  synchronized boolean has(TaskId id, Instant now) {
    if (now.isAfter(since.plus(WHILE))) {
      ids.clear();
    }
    return ids.contains(id);
  }

  /**
   * Adds a task.
   *
   * @return whether it is the first
   */
  synchronized boolean add(TaskId id, Instant now) {
    boolean first = ids.isEmpty();
    if (first) {
      since = now;
    }
    if (ids.size() < MOST) {
      ids.add(id);
    }
    return first;
  }

  synchronized int count() {
    return ids.size();
  }
}
