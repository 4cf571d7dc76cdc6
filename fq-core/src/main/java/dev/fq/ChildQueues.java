package dev.fq;

import dev.fq.spi.OpenMode;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues that the tasks of a worker's queue put other tasks into: that one, and those that they
 * name, which stay open until the worker ends.
 */
final class ChildQueues implements TaskContext.Queues, Closeable {

  private static final Logger log = LoggerFactory.getLogger(ChildQueues.class);

  /** How old a parent is at most whose id does not tell. */
  private static final Duration LONG_AGO = Duration.ofDays(30);

  /** By so much the clocks of hosts may differ. */
  private static final Duration SLACK = Duration.ofHours(1);

  private final TaskQueue own;
  private final Clock clock;

  // Guarded by this.
  private final Map<String, TaskQueue> named = new HashMap<>();

  /**
   * @param address by which the backend can be opened again
   */
  ChildQueues(QueueBackend backend, String address, Clock clock) {
    this.own = TaskQueue.over(backend, address, clock);
    this.clock = clock;
  }

  @Override
  public ChildQueue own(TaskId parent) {
    return of(own, parent);
  }

  @Override
  public synchronized ChildQueue at(String address, TaskId parent) throws IOException {
    TaskQueue queue = named.get(address);
    if (queue == null) {
      queue = TaskQueue.open(address, OpenMode.EXISTING);
      named.put(address, queue);
    }
    return of(queue, parent);
  }

  private ChildQueue of(TaskQueue queue, TaskId parent) {
    return new ChildQueue(queue.address(), parent, children -> insert(queue, parent, children));
  }

  private long insert(TaskQueue queue, TaskId parent, Iterator<ChildQueue.Child> children)
      throws IOException {
    Iterator<NamedTask> tasks =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(children, 0), false)
            .map(child -> new NamedTask(child.id(), child.task().payload()))
            .iterator();
    boolean isRecorded = queue.backend().outcomes().filter(OutcomeLog::isAsked).isPresent();
    Uniqueness uniqueness = Uniqueness.ofWhatIsThere();
    return queue.insertNamed(
        tasks,
        InsertOptions.none()
            .unique(isRecorded ? uniqueness.completedWithin(age(parent)) : uniqueness));
  }

  /** No child of it is older. */
  private Duration age(TaskId parent) {
    Instant now = clock.instant();
    Duration age = Duration.between(parent.time().orElse(now.minus(LONG_AGO)), now);
    return (age.isNegative() ? Duration.ZERO : age).plus(SLACK);
  }

  @Override
  public synchronized void close() {
    for (TaskQueue queue : named.values()) {
      try {
        queue.close();
      } catch (IOException e) {
        log.debug("{}: {}", queue, e.toString());
      }
    }
  }
}
