package dev.fq;

import dev.fq.spi.QueueBackend;

/**
 * A queue that a worker works on, and what each of its tasks takes of what the worker has while it
 * runs. One slot, unless set. Each setting gives another object.
 *
 * <pre>{@code
 * Worker.of(WorkerQueue.of(small), WorkerQueue.of(large).slots(4).memory(16L << 30))
 *     .slots(16)
 *     .memory(64L << 30)
 * }</pre>
 */
public final class WorkerQueue {

  private final QueueBackend backend;
  private final String address;
  private final TaskHandler handler;
  private final Needs needs;
  private final int weight;

  private WorkerQueue(
      QueueBackend backend, String address, TaskHandler handler, Needs needs, int weight) {
    this.backend = backend;
    this.address = address;
    this.handler = handler;
    this.needs = needs;
    this.weight = weight;
  }

  /** A queue whose tasks are executed that its registry knows. */
  public static WorkerQueue of(TaskQueue queue) {
    return new WorkerQueue(queue.backend(), queue.address(), queue.handler(), Needs.ONE_SLOT, 1);
  }

  /** A queue on whose tasks this handler works. */
  public static WorkerQueue of(QueueBackend queue, TaskHandler handler) {
    return new WorkerQueue(queue, queue.url(), handler, Needs.ONE_SLOT, 1);
  }

  /**
   * How many slots a task takes. It waits until so many are free, and is not leased before: while
   * it is seen to be waiting, queues after its own begin nothing that takes of what it is short of,
   * and after a minute no queue does. A queue that cannot tell what is waiting, such as one of
   * Pub/Sub, has nothing kept free for it.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public WorkerQueue slots(int count) {
    return with(new Needs(count, needs.memory(), needs.gpus()));
  }

  /**
   * How many bytes of the worker's {@link WorkerBuilder#memory} a task takes. The worker keeps
   * account of it and does not enforce it; for the rest as {@link #slots}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WorkerQueue memory(long bytes) {
    return with(new Needs(needs.slots(), bytes, needs.gpus()));
  }

  /**
   * How many of the worker's {@link WorkerBuilder#gpus} a task has to itself; for the rest as
   * {@link #slots}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WorkerQueue gpus(int count) {
    return with(new Needs(needs.slots(), needs.memory(), count));
  }

  /**
   * How many tasks of this queue are begun for each of a queue that has the weight 1, where queues
   * take turns ({@link WorkerBuilder#fair}); 1 unless set.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public WorkerQueue weight(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("weight: expected 1 or more, found " + count);
    }
    return new WorkerQueue(backend, address, handler, needs, count);
  }

  private WorkerQueue with(Needs other) {
    return new WorkerQueue(backend, address, handler, other, weight);
  }

  QueueBackend backend() {
    return backend;
  }

  String address() {
    return address;
  }

  TaskHandler handler() {
    return handler;
  }

  Needs needs() {
    return needs;
  }

  int weight() {
    return weight;
  }
}
