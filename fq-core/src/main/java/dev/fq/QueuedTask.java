package dev.fq;

import dev.fq.spi.Payload;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.util.function.Supplier;

/** A task as it lies in its {@link TaskQueue}, which may have moved since it was looked at. */
public final class QueuedTask {

  private final TaskEntry entry;
  private final Supplier<TaskRegistry> registry;

  QueuedTask(TaskEntry entry, Supplier<TaskRegistry> registry) {
    this.entry = entry;
    this.registry = registry;
  }

  public TaskId id() {
    return entry.info().id();
  }

  /** Where it stood. */
  public TaskInfo info() {
    return entry.info();
  }

  public Payload payload() {
    return entry.payload();
  }

  /**
   * The task itself, made anew at each call.
   *
   * @throws UnreadableTaskException if its type is not in the queue's registry, or does not fit
   */
  public Task task() {
    return registry.get().task(entry.payload());
  }

  @Override
  public String toString() {
    return entry.info() + ": " + entry.payload();
  }
}
