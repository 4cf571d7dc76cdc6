package dev.fq;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that make tasks. */
@Timeout(60)
class ChildQueueTest {

  private static final List<Integer> executed = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path directory;
  private TaskQueue queue;

  record Child(int number) implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add(number);
    }
  }

  /** Fails half-way in its first attempt. */
  record Generator(int children) implements Task {
    @Override
    public void execute(TaskContext context) throws Exception {
      Stream<Child> all = IntStream.range(0, children).mapToObj(Child::new);
      int most = context.attempt() == 1 ? children / 2 : children;
      context.queue().insert(all.limit(most), child -> "" + child.number);
      if (context.attempt() == 1) {
        throw new TaskFailedException("half-way");
      }
    }
  }

  /** Puts one child into the queue at this address. */
  record Passing(String address) implements Task {
    @Override
    public void execute(TaskContext context) throws Exception {
      boolean isNew = context.queue(address).insert("only", new Child(1));
      boolean isNewAgain = context.queue(address).insert("only", new Child(1));
      executed.add(isNew && !isNewAgain ? 100 : 0);
    }
  }

  @BeforeEach
  void open() throws IOException {
    executed.clear();
    queue = open("q");
  }

  private TaskQueue open(String name) throws IOException {
    return TaskQueue.at(directory.resolve(name).toString())
        .tasks(Child.class, Generator.class, Passing.class)
        .open();
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  private static WorkerBuilder worker(TaskQueue... queues) {
    return Worker.of(queues[0], Stream.of(queues).skip(1).toArray(TaskQueue[]::new))
        .retryDelay(ofSeconds(2), ofSeconds(2))
        .exitOnEmpty(true);
  }

  @Test
  void childrenOfAnAttemptThatIsMadeAgainAreInsertedOnce() throws Exception {
    queue.insert(new Generator(10));

    worker(queue).maxTasks(1).build().run();
    // The generator comes again while somebody works on its first children.
    List<LeasedTask> leased = queue.lease(5, ofMinutes(5));
    worker(queue).maxTasks(6).build().run();
    for (LeasedTask task : leased) {
      queue.release(task);
    }
    worker(queue).build().run();

    assertThat(executed)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
  }

  @Test
  void childrenThatWereCompletedAreKnownWhereOutcomesAreRecorded() throws Exception {
    queue.backend().outcomes().orElseThrow().ask(true);
    queue.insert(new Generator(10));
    worker(queue).maxTasks(6).build().run();
    assertThat(executed).hasSize(5);

    worker(queue).build().run();

    assertThat(executed)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
  }

  @Test
  void childGoesIntoAnotherQueueByItsAddress() throws Exception {
    try (TaskQueue other = open("other")) {
      queue.insert(new Passing(other.toString()));

      assertThat(worker(queue, other).build().run().completed()).isEqualTo(2);

      assertThat(executed).containsExactlyInAnyOrder(1, 100);
    }
  }

  @Test
  void queueThatIsNotThereIsNotMade() throws Exception {
    queue.insert(new Passing(directory.resolve("typo").toString()));

    WorkerReport report = queue.worker().attempts(1).exitOnEmpty(true).build().run();

    assertThat(report.dead()).isEqualTo(1);
    assertThat(String.valueOf(report.lastFailure())).contains(NoQueueException.class.getName());
    assertThat(directory.resolve("typo")).doesNotExist();
  }

  @Test
  void queueThatCannotTellWhatIsThereTakesNoChildren() throws Exception {
    MemoryQueue memory = new MemoryQueue("memory", Clock.systemUTC());
    QueueBackend forgetful =
        new ForwardingQueue(memory) {
          @Override
          public Set<Capability> capabilities() {
            Set<Capability> some = EnumSet.copyOf(super.capabilities());
            some.remove(Capability.UNIQUE_IDS);
            return some;
          }
        };
    try (ChildQueues children = new ChildQueues(forgetful, forgetful.url(), Clock.systemUTC())) {
      ChildQueue child = children.own(TaskId.next());

      assertThatThrownBy(() -> child.insert("key", new Child(1)))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void childrenOfOneKeyHaveOneIdForOneParentAlone() {
    TaskId one = new TaskId("one");
    ChildQueue queueOfOne = NoQueues.NONE.own(one);

    assertThat(queueOfOne.id("a")).isEqualTo(NoQueues.NONE.own(one).id("a"));
    assertThat(queueOfOne.id("a")).isNotEqualTo(queueOfOne.id("b"));
    assertThat(queueOfOne.id("a")).isNotEqualTo(NoQueues.NONE.own(new TaskId("two")).id("a"));
  }

  @Test
  void localQueueExecutesEachChildOnceAndAtOnce() throws Exception {
    try (LocalTaskQueue local = LocalTaskQueue.withThreads(1)) {
      local.insert(new Twice());
    }

    assertThat(executed).containsExactly(1, 2, 0);
  }

  /** Inserts one of its children twice. */
  record Twice() implements Task {
    @Override
    public void execute(TaskContext context) throws Exception {
      assertThat(context.queue().insert("a", new Child(1))).isTrue();
      assertThat(context.queue().insert("b", new Child(2))).isTrue();
      executed.add(0);
    }
  }
}
