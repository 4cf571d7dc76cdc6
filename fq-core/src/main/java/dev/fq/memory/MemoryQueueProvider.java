package dev.fq.memory;

import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens {@code mem://name}: one queue a name for the whole process, kept until the process ends.
 */
public final class MemoryQueueProvider implements QueueBackendProvider {

  private static final Map<String, MemoryQueue> QUEUES = new ConcurrentHashMap<>();

  /** For {@link java.util.ServiceLoader}. */
  public MemoryQueueProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("mem");
  }

  @Override
  public String example() {
    return "";
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws NoQueueException {
    url.requireKnownOptions(options());
    if (mode == OpenMode.CREATE) {
      return QUEUES.computeIfAbsent(url.place(), name -> new MemoryQueue(name, Clock.systemUTC()));
    }
    MemoryQueue queue = QUEUES.get(url.place());
    if (queue == null) {
      throw new NoQueueException(url + ": no queue of this name in this process");
    }
    return queue;
  }
}
