package dev.fq.memory;

import dev.fq.spi.MutableClock;

/** Memory queues for tests: who waits on one finds that the time has passed. */
public final class JumpingMemoryQueue {

  private JumpingMemoryQueue() {}

  public static MemoryQueue at(MutableClock clock) {
    return new MemoryQueue("test", clock, (monitor, time) -> clock.advance(time));
  }
}
