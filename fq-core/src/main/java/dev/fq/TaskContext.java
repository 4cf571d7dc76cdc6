package dev.fq;

import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.time.Instant;

/** One task in the hands of its {@link TaskHandler}. */
public final class TaskContext {

  private final HeldTask task;
  private final String queue;

  TaskContext(HeldTask task, String queue) {
    this.task = task;
    this.queue = queue;
  }

  public TaskId id() {
    return task.lease().id();
  }

  public Payload payload() {
    return task.lease().payload();
  }

  /** Which attempt this is, from 1. */
  public int attempt() {
    return task.lease().attempt();
  }

  /** The URL of the queue. */
  public String queue() {
    return queue;
  }

  /** Until when the task is leased; moves on as the worker renews the lease. */
  public Instant deadline() {
    return task.lease().deadline();
  }

  /**
   * Whether the lease was lost, so that another may be working on this task: then stop. The thread
   * was interrupted too, but that may have been swallowed on the way.
   */
  public boolean isLeaseLost() {
    return task.isLost();
  }
}
