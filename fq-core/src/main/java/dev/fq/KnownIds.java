package dev.fq;

import dev.fq.spi.Capability;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is in a queue before tasks are brought into it under ids that they have already. */
final class KnownIds {

  private KnownIds() {}

  /** All ids in the queue, of dead tasks too; none where it cannot list its tasks. */
  static Set<TaskId> of(QueueBackend queue) throws IOException {
    if (!queue.capabilities().contains(Capability.LIST)) {
      return new HashSet<>();
    }
    try (Stream<TaskInfo> all = queue.list()) {
      return all.map(TaskInfo::id).collect(Collectors.toCollection(HashSet::new));
    }
  }
}
