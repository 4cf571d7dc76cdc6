package dev.fq;

import dev.fq.spi.TaskId;

/** Of a task that no worker executes, and that puts no tasks into queues. */
enum NoQueues implements TaskContext.Queues {
  NONE;

  @Override
  public ChildQueue own(TaskId parent) {
    return new ChildQueue(
        "none",
        parent,
        children -> {
          throw new UnsupportedOperationException("there is no queue");
        });
  }

  @Override
  public ChildQueue at(String address, TaskId parent) {
    throw new UnsupportedOperationException("there is no queue");
  }
}
