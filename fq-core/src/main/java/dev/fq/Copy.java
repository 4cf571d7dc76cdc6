package dev.fq;

import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Copies tasks from one queue to another, each once.
 *
 * <p>Ids stay, so an interrupted copy can be made again. The ids of both queues are in memory: a
 * hundred bytes a task, once, against a listing for each batch.
 */
final class Copy {

  /** Where others keep inserting, no pass is the last. */
  private static final int MAX_PASSES = 3;

  private final QueueBackend from;
  private final QueueBackend to;
  private final InsertOptions options;

  Copy(QueueBackend from, QueueBackend to, InsertOptions options) {
    this.from = from;
    this.to = to;
    this.options = options;
  }

  /**
   * RACE: a task that a worker renames while the source is listed may come twice, or not at all. So
   * each is remembered, and the source is listed again until nothing new is found.
   */
  long run() throws IOException {
    Set<TaskId> known = KnownIds.of(to);
    long copied = 0;
    long inPass = 1;
    for (int pass = 0; pass < MAX_PASSES && inPass > 0; pass++) {
      inPass = copyUnknown(known);
      copied += inPass;
    }
    return copied;
  }

  private long copyUnknown(Set<TaskId> known) throws IOException {
    try (Stream<TaskEntry> entries = from.entries(task -> !known.contains(task.id()))) {
      Stream<TaskEntry> unknown = entries.filter(entry -> known.add(entry.info().id()));
      return new BulkInsert<>(to, unknown.spliterator(), this::copy, options).run();
    }
  }

  private NewTask copy(TaskEntry entry) {
    return new NewTask(entry.info().id(), entry.payload(), options.delay(), IdOrigin.LOOKED_UP);
  }
}
