package dev.fq.memory;

import dev.fq.spi.MutableClock;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendContract;
import java.time.Clock;

class MemoryQueueTest extends QueueBackendContract {

  private MemoryQueue opened;

  @Override
  protected QueueBackend open(MutableClock clock) {
    opened = JumpingMemoryQueue.at(clock);
    return opened;
  }

  @Override
  protected QueueBackend reopen(Clock clock) {
    return opened;
  }
}
