package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Copying and moving between queues while others work, and after an interruption. */
class TransferTest {

  private static final InsertOptions NONE = InsertOptions.none();

  private final MemoryQueue source = new MemoryQueue("source", Clock.systemUTC());
  private final MemoryQueue target = new MemoryQueue("target", Clock.systemUTC());
  private final TaskQueue to = queue(target);

  private static TaskQueue queue(QueueBackend backend) {
    return TaskQueue.at("mem://unused").of(backend);
  }

  private static List<NewTask> tasks(int count) throws IOException {
    Payload payload = Payload.ofJson("1");
    return IntStream.range(0, count).mapToObj(i -> NewTask.of(payload, ZERO)).toList();
  }

  private static Set<TaskId> ids(MemoryQueue queue) {
    return queue.list().map(TaskInfo::id).collect(Collectors.toSet());
  }

  private Lease leaseOne(QueueBackend queue) throws Exception {
    return queue.lease(1, ofMinutes(5), ZERO).get(0);
  }

  @Test
  void copiesKeepTheirIds() throws Exception {
    source.insert(tasks(600));

    assertThat(to.insert(queue(source), NONE)).isEqualTo(600);

    assertThat(ids(target)).isEqualTo(ids(source)).hasSize(600);
  }

  @Test
  void whatIsThereAlreadyIsNotCopiedAgainWhateverItsState() throws Exception {
    source.insert(tasks(5));
    to.insert(queue(source), NONE);
    target.giveUp(leaseOne(target), "no hope");
    leaseOne(target);
    source.insert(tasks(2));

    assertThat(to.insert(queue(source), NONE)).isEqualTo(2);

    assertThat(target.list()).hasSize(7);
  }

  @Test
  void whatAFirstListingHasMissedIsCopiedAfterAll() throws Exception {
    source.insert(tasks(3));
    QueueBackend targetBeforeWhich =
        InterceptedQueue.of(
            target,
            (verb, arguments) -> {
              if (verb.equals("insert") && ids(source).size() == 3) {
                source.insert(tasks(1));
              }
            });

    assertThat(queue(targetBeforeWhich).insert(queue(source), NONE)).isEqualTo(4);

    assertThat(ids(target)).isEqualTo(ids(source)).hasSize(4);
  }

  @Test
  void whatComesTwiceInAListingIsCopiedOnce() throws Exception {
    source.insert(tasks(3));

    assertThat(to.insert(queue(listingTwice(source)), NONE)).isEqualTo(3);

    assertThat(target.list()).hasSize(3);
    assertThat(target.stats().inserted()).hasValue(3);
  }

  /** As a directory can be listed in which a task is renamed meanwhile. */
  @SuppressWarnings("unchecked")
  private static QueueBackend listingTwice(MemoryQueue queue) {
    return (QueueBackend)
        Proxy.newProxyInstance(
            QueueBackend.class.getClassLoader(),
            new Class<?>[] {QueueBackend.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("entries")) {
                return method.invoke(queue, arguments);
              }
              Predicate<TaskInfo> which = (Predicate<TaskInfo>) arguments[0];
              List<TaskEntry> all = queue.entries(task -> true).toList();
              return Stream.of(1, 2)
                  .flatMap(time -> all.stream())
                  .filter(entry -> which.test(entry.info()));
            });
  }

  @Test
  void moveThatWasKilledBeforeItCouldDeleteOnlyDeletesWhenMadeAgain() throws Exception {
    List<NewTask> tasks = tasks(3);
    source.insert(tasks);
    target.insert(tasks.subList(0, 2));
    Lease worked = leaseOne(target);

    assertThat(to.moveFrom(queue(source), NONE)).isEqualTo(3);

    assertThat(source.list()).isEmpty();
    assertThat(target.list()).hasSize(3);
    assertThat(target.peek(worked.id()).orElseThrow().info().attempt()).isEqualTo(1);
    assertThat(target.stats().inserted()).hasValue(3);
  }

  @Test
  void interruptedMoveEndsAfterABatchWithNothingInBothQueues() throws Exception {
    source.insert(tasks(600));
    QueueBackend interrupting =
        InterceptedQueue.of(
            target,
            (verb, arguments) -> {
              if (verb.equals("insert")) {
                Thread.currentThread().interrupt();
              }
            });

    assertThatThrownBy(() -> queue(interrupting).moveFrom(queue(source), NONE))
        .isInstanceOf(InterruptedException.class)
        .hasMessage("interrupted when 256 tasks were moved");

    assertThat(target.list()).hasSize(256);
    assertThat(source.stats().waiting()).hasValue(344);
  }
}
