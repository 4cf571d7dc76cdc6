package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One worker on several queues. Real time passes, and tests wait for what happens. */
@Timeout(60)
class SeveralQueuesTest {

  private final MemoryQueue first = new MemoryQueue("first", Clock.systemUTC());
  private final MemoryQueue second = new MemoryQueue("second", Clock.systemUTC());
  private final List<String> executed = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService background = Executors.newCachedThreadPool();

  @AfterEach
  void stopBackground() {
    background.shutdownNow();
  }

  private static void insert(QueueBackend queue, String... texts) throws IOException {
    for (String text : texts) {
      queue.insert(List.of(NewTask.of(Payload.ofJson('"' + text + '"'), ZERO)));
    }
  }

  private void record(TaskContext task) {
    executed.add(task.payload().tree().textValue());
  }

  private WorkerQueue of(QueueBackend queue) {
    return WorkerQueue.of(queue, this::record);
  }

  private static WorkerBuilder worker(WorkerQueue one, WorkerQueue other) {
    return Worker.of(one, other).exitOnEmpty(true);
  }

  // order

  @Test
  void firstQueueIsWorkedOffBeforeTheSecond() throws Exception {
    insert(second, "s1", "s2", "s3");
    insert(first, "f1", "f2", "f3");

    WorkerReport report = worker(of(first), of(second)).build().run();

    assertThat(executed).containsExactly("f1", "f2", "f3", "s1", "s2", "s3");
    assertThat(report.completed()).isEqualTo(6);
    assertThat(report.reason()).isEqualTo(StopReason.EMPTY);
    assertThat(report.queues())
        .extracting(WorkerReport.OfQueue::queue, WorkerReport.OfQueue::completed)
        .containsExactly(tuple(first.url(), 3L), tuple(second.url(), 3L));
  }

  @Test
  void whatComesIntoTheFirstQueueIsNextOnceItIsLookedIntoAgain() throws Exception {
    MutableClock clock = MutableClock.atSomeTime();
    insert(second, "s1", "s2", "s3");
    TaskHandler inserting =
        task -> {
          record(task);
          clock.advance(Turns.FRESH);
          if (task.payload().tree().textValue().equals("s1")) {
            insert(first, "f1");
          }
        };

    worker(of(first), WorkerQueue.of(second, inserting)).clock(clock).build().run();

    assertThat(executed).containsExactly("s1", "f1", "s2", "s3");
  }

  @Test
  void queuesThatTakeTurnsBeginTasksByTheirWeights() throws Exception {
    for (int i = 0; i < 12; i++) {
      insert(first, "f");
      insert(second, "s");
    }

    worker(of(first).weight(3), of(second)).fair(true).build().run();

    assertThat(Collections.frequency(executed.subList(0, 12), "s")).isEqualTo(3);
  }

  // idle and empty

  @Test
  void idleWorkerHearsOfTasksInEachQueue() throws Exception {
    Worker worker =
        Worker.of(of(first), of(second)).backOff(ofMinutes(1), ofMinutes(2)).slots(2).build();
    Future<WorkerReport> running = background.submit(worker::run);

    for (int i = 0; i < 20; i++) {
      insert(i % 3 == 0 ? first : second, "t" + i);
      int done = i + 1;
      await().until(() -> executed.size() == done);
    }
    worker.stop();

    assertThat(running.get().completed()).isEqualTo(20);
    assertThat(running.get().released()).isZero();
  }

  @Test
  void workerStaysAsLongAsATaskOfOneQueueMayPutAnotherIntoTheNext() throws Exception {
    insert(first, "1");
    TaskHandler toSecond = task -> next(task, second);
    TaskHandler toFirst = task -> next(task, first);

    worker(WorkerQueue.of(first, toSecond), WorkerQueue.of(second, toFirst)).build().run();

    assertThat(executed).hasSize(30);
    assertThat(first.isEmpty() && second.isEmpty()).isTrue();
  }

  private void next(TaskContext task, QueueBackend queue) throws IOException {
    record(task);
    int number = Integer.parseInt(task.payload().tree().textValue());
    if (number < 30) {
      insert(queue, Integer.toString(number + 1));
    }
  }

  @Test
  void limitOfTasksHoldsForAllQueuesTogether() throws Exception {
    for (int i = 0; i < 20; i++) {
      insert(first, "f");
      insert(second, "s");
    }

    WorkerReport report = worker(of(first), of(second)).slots(4).maxTasks(23).build().run();

    assertThat(report.begun()).isEqualTo(23);
    assertThat(report.reason()).isEqualTo(StopReason.MAX_TASKS);
  }

  @Test
  void idleTimeCountsWhenAllQueuesHaveNothing() throws Exception {
    insert(second, "s");

    WorkerReport report =
        Worker.of(of(first), of(second)).idleTimeout(Duration.ofMillis(50)).build().run();

    assertThat(executed).containsExactly("s");
    assertThat(report.reason()).isEqualTo(StopReason.IDLE);
  }

  // trouble

  private static QueueBackend failing(QueueBackend queue, IOException trouble) {
    return new ForwardingQueue(queue) {
      @Override
      public List<Lease> lease(int max, Duration duration, Duration wait) throws IOException {
        throw trouble;
      }
    };
  }

  @Test
  void queueThatIsGoneIsLeftAndTheOthersGoOn() throws Exception {
    insert(second, "s1", "s2");
    NoQueueException gone = new NoQueueException("gone");

    WorkerReport report = worker(of(failing(first, gone)), of(second)).build().run();

    assertThat(executed).containsExactly("s1", "s2");
    assertThat(report.reason()).isEqualTo(StopReason.EMPTY);
    assertThat(report.queues().get(0).trouble()).isSameAs(gone);
    assertThat(report.queues().get(1).trouble()).isNull();
  }

  @Test
  void workerWithoutAnyQueueLeftThrowsTheTroubleOfTheFirst() throws Exception {
    NoQueueException gone = new NoQueueException("gone");
    QueueDeniedException denied = new QueueDeniedException("denied", new IOException());
    QueueBackend one = failing(first, gone);
    QueueBackend other = failing(second, denied);

    Worker worker = worker(of(one), of(other)).build();

    assertThatExceptionOfType(IOException.class).isThrownBy(worker::run).isIn(gone, denied);
  }

  @Test
  void passingTroubleWithOneQueueHoldsUpNoOther() throws Exception {
    insert(second, "s1", "s2", "s3");
    Worker worker =
        Worker.of(of(failing(first, new IOException("trouble"))), of(second))
            .backOff(ofMinutes(1), ofMinutes(2))
            .maxTasks(3)
            .build();

    worker.run();

    assertThat(executed).containsExactly("s1", "s2", "s3");
  }

  @Test
  void queueThatDoesNotAnswerHoldsUpNoOtherForLong() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    QueueBackend hanging =
        new ForwardingQueue(first) {
          @Override
          public List<Lease> lease(int max, Duration duration, Duration wait)
              throws IOException, InterruptedException {
            answer.await();
            return super.lease(max, duration, wait);
          }
        };
    insert(first, "f");
    insert(second, "s1", "s2", "s3");
    Worker worker = Worker.of(of(hanging), of(second)).maxTasks(4).build();
    Future<WorkerReport> running = background.submit(worker::run);

    await().until(() -> executed.size() == 3);
    answer.countDown();

    assertThat(running.get().completed()).isEqualTo(4);
    assertThat(executed).containsExactly("s1", "s2", "s3", "f");
  }

  @Test
  void hostThatIsUnfitForOneQueueWorksOnTheOther() throws Exception {
    insert(first, "f");
    insert(second, "s1", "s2");
    TaskHandler unfit =
        task -> {
          throw new HostTroubleException("no such program");
        };

    WorkerReport report =
        worker(WorkerQueue.of(first, unfit), of(second))
            .backOff(Duration.ofMillis(1), Duration.ofMillis(1))
            .exitOnEmpty(false)
            .idleTimeout(Duration.ofMillis(50))
            .hostTroubleLimit(3)
            .build()
            .run();

    assertThat(executed).containsExactly("s1", "s2");
    assertThat(report.queues().get(0).trouble()).isInstanceOf(UnfitHostException.class);
    assertThat(first.stats().waiting()).hasValue(1);
  }

  @Test
  void aQueueIsGivenOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Worker.of(of(first), of(first)))
        .withMessage("queues of a worker: expected each once, found %s twice", first.url());
  }

  // what a task takes

  @Test
  void moreThanTheWorkerHasIsRefused() {
    WorkerBuilder builder = Worker.of(of(first).slots(8)).slots(4);
    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage("%s: a task of it takes 8 slots, and this worker has 4", first.url());

    WorkerBuilder memory = Worker.of(of(first).memory(3L << 30)).memory(2L << 30);
    assertThatIllegalArgumentException()
        .isThrownBy(memory::build)
        .withMessage("%s: a task of it takes 3G of memory, and this worker has 2G", first.url());

    WorkerBuilder devices = Worker.of(of(first).gpus(1));
    assertThatIllegalArgumentException()
        .isThrownBy(devices::build)
        .withMessage("%s: a task of it takes 1 GPU, and this worker was given none", first.url());
  }

  @Test
  void tasksRunTogetherOnlyAsFarAsThereIsRoomForThem() throws Exception {
    Set<TaskContext> running = ConcurrentHashMap.newKeySet();
    AtomicBoolean tooMany = new AtomicBoolean();
    TaskHandler handler =
        task -> {
          running.add(task);
          int slots = running.stream().mapToInt(TaskContext::slots).sum();
          long memory = running.stream().mapToLong(TaskContext::memory).sum();
          if (slots > 4 || memory > 10) {
            tooMany.set(true);
          }
          running.remove(task);
          record(task);
        };
    for (int i = 0; i < 100; i++) {
      insert(first, "f");
      insert(second, "s");
    }

    worker(
            WorkerQueue.of(first, handler).slots(3).memory(2),
            WorkerQueue.of(second, handler).memory(5))
        .slots(4)
        .memory(10)
        .build()
        .run();

    assertThat(executed).hasSize(200);
    assertThat(tooMany).isFalse();
  }

  @Test
  void noDeviceIsGivenToTwoTasksAtATime() throws Exception {
    Set<String> inUse = ConcurrentHashMap.newKeySet();
    AtomicBoolean twice = new AtomicBoolean();
    Set<String> used = ConcurrentHashMap.newKeySet();
    TaskHandler handler =
        task -> {
          for (String device : task.gpus()) {
            if (!inUse.add(device)) {
              twice.set(true);
            }
          }
          used.addAll(task.gpus());
          inUse.removeAll(task.gpus());
          executed.add(task.gpus().size() + " devices");
        };
    for (int i = 0; i < 100; i++) {
      insert(first, "f");
      insert(second, "s");
    }

    worker(WorkerQueue.of(first, handler).gpus(2), WorkerQueue.of(second, handler).gpus(1))
        .slots(8)
        .gpus(List.of("0", "1", "GPU-3"))
        .build()
        .run();

    assertThat(twice).isFalse();
    assertThat(used).containsExactlyInAnyOrder("0", "1", "GPU-3");
    assertThat(executed).hasSize(200).containsOnly("1 devices", "2 devices");
  }

  /** Small tasks keep one of two slots taken until the large one has begun. */
  @Test
  void largeTaskIsNotStarvedBySmallOnes() throws Exception {
    AtomicBoolean hasLargeBegun = new AtomicBoolean();
    TaskHandler large =
        task -> {
          hasLargeBegun.set(true);
          record(task);
        };
    TaskHandler small =
        task -> {
          record(task);
          if (!hasLargeBegun.get()) {
            insert(second, "small");
          }
        };
    insert(second, "small", "small", "small", "small");
    Worker worker =
        worker(WorkerQueue.of(first, large).slots(2), WorkerQueue.of(second, small))
            .slots(2)
            .build();
    Future<WorkerReport> running = background.submit(worker::run);
    await().until(() -> executed.size() > 10);

    insert(first, "large");

    assertThat(running.get().reason()).isEqualTo(StopReason.EMPTY);
    assertThat(executed).contains("large");
  }
}
