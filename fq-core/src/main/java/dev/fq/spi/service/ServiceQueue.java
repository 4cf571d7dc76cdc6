package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A queue of a service that hands out messages and lets nobody look at them otherwise. The verbs
 * that need more throw {@link UnsupportedOperationException}.
 */
public interface ServiceQueue extends QueueBackend {

  @Override
  default Stream<TaskInfo> list() {
    throw cannot("list its tasks");
  }

  @Override
  default Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) {
    throw cannot("list its tasks");
  }

  @Override
  default Optional<TaskDetail> peek(TaskId id) {
    throw cannot("find a task by its id");
  }

  @Override
  default List<Lease> lease(Set<TaskId> ids, Duration duration) {
    throw cannot("find a task by its id");
  }

  @Override
  default long deleteById(Set<TaskId> ids) {
    throw cannot("find a task by its id");
  }

  @Override
  default long completeById(Set<TaskId> ids) {
    throw cannot("find a task by its id");
  }

  @Override
  default long releaseAll(Predicate<? super TaskInfo> which) {
    throw cannot("release what others hold");
  }

  @Override
  default void rezero() {
    throw cannot("count what was inserted and completed");
  }

  private UnsupportedOperationException cannot(String what) {
    return new UnsupportedOperationException(url() + ": the service cannot " + what);
  }
}
