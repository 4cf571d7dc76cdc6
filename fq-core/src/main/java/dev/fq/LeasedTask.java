package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * A task that this process has leased from a {@link TaskQueue} by hand. A {@link Worker} does all
 * this by itself.
 */
public final class LeasedTask {

  private final Lease lease;
  private final Supplier<TaskRegistry> registry;

  LeasedTask(Lease lease, Supplier<TaskRegistry> registry) {
    this.lease = lease;
    this.registry = registry;
  }

  public TaskId id() {
    return lease.id();
  }

  public Payload payload() {
    return lease.payload();
  }

  /** Which attempt this is, from 1. */
  public int attempt() {
    return lease.attempt();
  }

  /** Until when it is leased. */
  public Instant deadline() {
    return lease.deadline();
  }

  /**
   * The task itself, made anew at each call.
   *
   * @throws UnreadableTaskException if its type is not in the queue's registry, or does not fit
   */
  public Task task() {
    return registry.get().task(lease.payload());
  }

  Lease lease() {
    return lease;
  }

  @Override
  public String toString() {
    return lease.toString();
  }
}
