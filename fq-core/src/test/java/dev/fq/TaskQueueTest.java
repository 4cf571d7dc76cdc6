package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fq.IncompleteInsertException.Range;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskQueueTest {

  private static final InsertOptions NONE = InsertOptions.none();

  @TempDir private Path directory;
  private TaskQueue queue;

  @BeforeEach
  void open() throws IOException {
    queue = TaskQueue.open(directory.resolve("q").toString(), OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  private static Payload payload(int i) {
    try {
      return Payload.ofJson(Integer.toString(i));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> Iterator<T> stream(int count, IntFunction<T> source) {
    return IntStream.range(0, count).mapToObj(source).iterator();
  }

  @Test
  void closedQueueDoesNothingMore() throws Exception {
    queue.insertPayloads(stream(1, TaskQueueTest::payload), NONE);
    LeasedTask task = queue.lease(ofMinutes(1)).orElseThrow();
    queue.close();

    List<ThrowingCallable> verbs =
        List.of(
            () -> queue.insert(new CommandTask(List.of("true"), "/", Map.of())),
            () -> queue.insertPayloads(stream(1, TaskQueueTest::payload), NONE),
            () -> queue.lease(ofMinutes(1)),
            () -> queue.complete(task),
            () -> queue.stats(),
            () -> queue.list(),
            () -> queue.isEmpty(),
            () -> queue.blockUntilEmpty(),
            () -> queue.purge(),
            () -> queue.worker(),
            () -> queue.backend());
    for (ThrowingCallable verb : verbs) {
      assertThatIllegalStateException()
          .isThrownBy(verb)
          .withMessage(queue + ": this TaskQueue is closed; open another");
    }
    queue.close();
  }

  @Test
  void queueWaitsForAnother() throws Exception {
    queue.insertPayloads(stream(1, TaskQueueTest::payload), NONE);
    try (TaskQueue next = TaskQueue.open(directory.resolve("next").toString())) {
      next.closeGate(queue);
      next.insertPayloads(stream(1, TaskQueueTest::payload), NONE);

      assertThat(next.lease(ofMinutes(1))).isEmpty();
      assertThat(next.isEmpty()).isFalse();
      assertThat(next.backend().gateWaitsFor())
          .containsExactly(queue + ": 1 waiting, 0 delayed, 0 leased");
    }
  }

  @Test
  void nullIsRefusedInWords() throws Exception {
    CommandTask task = new CommandTask(List.of("true"), "/", Map.of());

    assertThatNullPointerException()
        .isThrownBy(() -> queue.insert((Task) null))
        .withMessage("expected a task, found null");
    assertThatNullPointerException()
        .isThrownBy(() -> queue.insert((Task) null, NONE))
        .withMessage("expected a task, found null");
    assertThatThrownBy(() -> queue.insert(Arrays.asList(task, null, task)))
        .isInstanceOf(IncompleteInsertException.class)
        .hasMessageContaining("inserted 1 tasks, and not those at 1")
        .hasMessageContaining("expected a task, found null");
    assertThat(queue.enqueued()).hasValue(1);
  }

  @Test
  void barePathAndUrlAreTheSameQueue() throws Exception {
    queue.insertPayloads(stream(1, TaskQueueTest::payload), NONE);

    try (TaskQueue same = TaskQueue.open("fq://" + directory.resolve("q"), OpenMode.EXISTING)) {
      assertThat(same.stats().waiting()).hasValue(1);
    }
  }

  @Test
  void streamIsInsertedBatchByBatchAndProgressIsTold() throws Exception {
    List<Long> progress = new ArrayList<>();

    long inserted =
        queue.insertPayloads(
            stream(600, TaskQueueTest::payload),
            NONE.progress((done, total) -> progress.add(done)));

    assertThat(inserted).isEqualTo(600);
    assertThat(progress).containsExactly(256L, 512L, 600L);
    assertThat(queue.stats().waiting()).hasValue(600);
  }

  @Test
  void firstTasksAreInTheQueueBeforeTheLastAreGenerated() throws Exception {
    List<Long> waiting = new ArrayList<>();

    queue.insertPayloads(
        stream(
            600,
            i -> {
              waiting.add(stats().waiting().orElseThrow());
              return payload(i);
            }),
        NONE);

    assertThat(waiting.get(599)).isEqualTo(512);
  }

  private QueueStats stats() {
    try {
      return queue.stats();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatASourceGaveBeforeItFailedIsInserted() throws Exception {
    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class,
            () ->
                queue.insertPayloads(
                    stream(
                        600,
                        i -> {
                          if (i == 300) {
                            throw new IllegalStateException("no more");
                          }
                          return payload(i);
                        }),
                    NONE));

    assertThat(e.inserted()).isEqualTo(300);
    assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(queue.stats().waiting()).hasValue(300);
  }

  @Test
  void delayIsEveryTasks() throws Exception {
    queue.insertPayloads(stream(3, TaskQueueTest::payload), NONE.delay(ofMinutes(1)));

    assertThat(queue.stats().delayed()).hasValue(3);
  }

  @Test
  void emptyQueueIsNotWaitedFor() throws Exception {
    assertThat(queue.blockUntilEmpty(ZERO, stats -> {})).isTrue();
  }

  @Test
  void waitEndsWhenTheTimeIsUp() throws Exception {
    queue.insertPayloads(stream(1, TaskQueueTest::payload), NONE);
    List<QueueStats> seen = new ArrayList<>();

    assertThat(queue.blockUntilEmpty(ZERO, seen::add)).isFalse();
    assertThat(seen).hasSize(1);
  }

  // typed tasks

  record Note(int number) implements Task {
    @Override
    public void execute(TaskContext context) {
      NOTES.add(number);
    }
  }

  private static final List<Integer> NOTES = Collections.synchronizedList(new ArrayList<>());

  private TaskQueue memory(TestBackend backend) {
    return TaskQueue.at("mem://unused")
        .tasks(Note.class)
        .retries(2, ofMillis(1), ofMillis(1))
        .of(backend.troubled);
  }

  /** A queue that has trouble with one batch, after some tasks of it. */
  private record TestBackend(MemoryQueue queue, QueueBackend troubled) {
    List<Integer> numbers() {
      return queue
          .entries(task -> true)
          .map(entry -> entry.payload().tree().get("number").asInt())
          .toList();
    }
  }

  private static TestBackend backend(int troubledBatch) {
    MemoryQueue queue = new MemoryQueue("test", Clock.systemUTC());
    AtomicInteger batches = new AtomicInteger();
    QueueBackend troubled =
        new ForwardingQueue(queue) {
          @Override
          public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
            if (batches.incrementAndGet() == troubledBatch) {
              queue.insert(tasks.subList(0, 10));
              throw InterceptedQueue.partly(10, tasks.size(), new IOException("disk full"));
            }
            return super.insert(tasks);
          }
        };
    return new TestBackend(queue, troubled);
  }

  private static Stream<Task> notes(int count) {
    return IntStream.range(0, count).mapToObj(Note::new);
  }

  @Test
  void tasksOfEverySourceAreInserted() throws Exception {
    TestBackend backend = backend(-1);
    TaskQueue tasks = memory(backend);

    assertThat(tasks.insert(new Note(0))).isEqualTo(1);
    assertThat(tasks.insert(List.of(new Note(1), new Note(2)))).isEqualTo(2);
    assertThat(tasks.insert(Stream.of(new Note(3)))).isEqualTo(1);
    assertThat(tasks.insert(notes(600).skip(4))).isEqualTo(596);

    assertThat(backend.numbers()).containsExactlyElementsOf(range(0, 600));
    assertThat(tasks.enqueued()).hasValue(600);
    assertThat(tasks.inserted()).hasValue(600);
    assertThat(tasks.leased()).hasValue(0);
    assertThat(tasks.isEmpty()).isFalse();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void taskWithADelayIsDelayed() throws Exception {
    queue.insert(new Note(1), NONE.delay(ofMinutes(5)));

    assertThat(queue.stats().delayed()).hasValue(1);
  }

  @Test
  void severalBatchesAtOnceInsertEveryTaskOnce() throws Exception {
    TestBackend backend = backend(-1);
    List<Long> progress = new ArrayList<>();

    long inserted =
        memory(backend)
            .insert(
                notes(10_000).iterator(),
                NONE.parallel(4)
                    .total(10_000)
                    .progress(
                        (done, total) -> {
                          assertThat(total).isEqualTo(10_000);
                          progress.add(done);
                        }));

    assertThat(inserted).isEqualTo(10_000);
    assertThat(backend.numbers()).containsExactlyInAnyOrderElementsOf(range(0, 10_000));
    assertThat(progress).isSorted().last().isEqualTo(10_000L);
  }

  @Test
  void nestedStreamIsNotGatheredBeforeItIsInserted() throws Exception {
    for (int parallel : new int[] {1, 3}) {
      TestBackend backend = backend(-1);
      AtomicLong mostAhead = new AtomicLong();
      AtomicInteger generated = new AtomicInteger();

      memory(backend)
          .insert(
              Stream.of("layer")
                  .flatMap(layer -> notes(5000))
                  .peek(
                      note -> {
                        long ahead =
                            generated.incrementAndGet()
                                - backend.queue.stats().inserted().orElseThrow();
                        mostAhead.accumulateAndGet(ahead, Math::max);
                      }),
              NONE.parallel(parallel));

      assertThat(backend.numbers()).hasSize(5000);
      assertThat(mostAhead.get()).isLessThanOrEqualTo(256L * (parallel + 1));
    }
  }

  @Test
  void splittableSourceIsGeneratedByAllThreadsAtOnce() throws Exception {
    TestBackend backend = backend(-1);
    CyclicBarrier allGenerate = new CyclicBarrier(4);
    Set<Thread> met = ConcurrentHashMap.newKeySet();

    memory(backend)
        .insert(
            IntStream.range(0, 10_000)
                .parallel()
                .mapToObj(
                    i -> {
                      if (met.add(Thread.currentThread())) {
                        await(allGenerate);
                      }
                      return new Note(i);
                    }),
            NONE.parallel(4));

    assertThat(met).hasSize(4);
    assertThat(backend.numbers()).containsExactlyInAnyOrderElementsOf(range(0, 10_000));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void totalIsWhatTheSourceKnowsOfItself() throws Exception {
    Set<Long> totals = new HashSet<>();

    queue.insert(
        List.of(new Note(1), new Note(2)), NONE.progress((done, total) -> totals.add(total)));
    queue.insert(
        List.of(new Note(1)).iterator(), NONE.progress((done, total) -> totals.add(total)));

    assertThat(totals).containsExactlyInAnyOrder(2L, -1L);
  }

  @Test
  void failureInTheMiddleTellsWhichTasksAreNotInTheQueue() {
    TestBackend backend = backend(2);

    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class, () -> memory(backend).insert(notes(1000)));

    assertThat(e.inserted()).isEqualTo(266);
    assertThat(e.missing()).containsExactly(new Range(266, 1000));
    assertThat(e).hasMessageContaining("inserted 266 tasks, and not those at 266 to 999");
    assertThat(e).hasMessageContaining("disk full");
    assertThat(backend.numbers()).containsExactlyElementsOf(range(0, 266));
  }

  @Test
  void whateverIsOnItsWayWhenOneBatchFailsTheAccountIsExact() {
    for (int troubled = 1; troubled < 8; troubled++) {
      assertAccountIsExact(troubled, notes(5000).parallel());
      assertAccountIsExact(troubled, notes(5000));
    }
  }

  private void assertAccountIsExact(int troubledBatch, Stream<Task> source) {
    TestBackend backend = backend(troubledBatch);

    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class,
            () -> memory(backend).insert(source, NONE.parallel(3)));

    Set<Integer> missing = new HashSet<>();
    e.missing().forEach(range -> missing.addAll(range((int) range.from(), (int) range.to())));
    List<Integer> there = backend.numbers();
    assertThat(e.inserted()).isEqualTo(there.size());
    assertThat(there).doesNotHaveDuplicates().doesNotContainAnyElementsOf(missing);
    assertThat(there.size() + missing.size()).isEqualTo(5000);
  }

  @Test
  void taskThatCannotBeWrittenEndsTheInsertAtItsPlace() {
    record Weighted(double weight) implements Task {
      @Override
      public void execute(TaskContext context) {}
    }
    TestBackend backend = backend(-1);

    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class,
            () ->
                memory(backend)
                    .insert(Stream.of(new Weighted(1), new Weighted(Double.NaN), new Weighted(3))));

    assertThat(e.inserted()).isEqualTo(1);
    assertThat(e.missing()).containsExactly(new Range(1, 3));
    assertThat(e).hasMessageContaining("field weight").hasMessageContaining("NaN");
  }

  @Test
  void whatASourceGaveBeforeItFailedIsInsertedByAllThreads() {
    TestBackend backend = backend(-1);

    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class,
            () ->
                memory(backend)
                    .insert(
                        stream(
                            1000,
                            i -> {
                              if (i == 300) {
                                throw new IllegalStateException("no more");
                              }
                              return new Note(i);
                            }),
                        NONE.parallel(3)));

    assertThat(e.missing()).containsExactly(new Range(300, Long.MAX_VALUE));
    assertThat(e).hasMessageContaining("300 and on").hasMessageContaining("no more");
    assertThat(backend.numbers()).containsExactlyInAnyOrderElementsOf(range(0, 300));
  }

  @Test
  void interruptedInsertTellsWhatIsThereAndStaysInterrupted() {
    TestBackend backend = backend(-1);
    Thread.currentThread().interrupt();

    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class, () -> memory(backend).insert(notes(1000)));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(e).hasCauseInstanceOf(InterruptedException.class);
    assertThat(backend.numbers()).hasSize((int) e.inserted());
  }

  @Test
  void allTasksOfAnotherQueueAreCopiedWhateverTheirTypes() throws Exception {
    TestBackend source = backend(-1);
    TaskQueue from = memory(source);
    from.insert(notes(300));
    from.insert(new CommandTask(List.of("true"), null, Map.of()));
    from.lease(10, ofMinutes(1));

    assertThat(queue.copyFrom(from, NONE)).isEqualTo(301);

    assertThat(queue.enqueued()).hasValue(301);
    assertThat(from.enqueued()).hasValue(301);
    assertThatIllegalArgumentException().isThrownBy(() -> queue.copyFrom(queue, NONE));
  }

  @Test
  void waitingTasksAreMovedUnderTheirIds() throws Exception {
    TestBackend source = backend(-1);
    TaskQueue from = memory(source);
    from.insert(notes(600));
    from.lease(1, ofMinutes(1));
    Set<TaskId> ids = source.queue.list().map(TaskInfo::id).collect(Collectors.toSet());

    assertThat(queue.moveFrom(from, NONE)).isEqualTo(599);

    assertThat(from.enqueued()).hasValue(1);
    try (Stream<TaskInfo> moved = queue.list()) {
      assertThat(moved.map(TaskInfo::id)).hasSize(599).isSubsetOf(ids);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> queue.moveFrom(queue, NONE));
  }

  @Test
  void moveThatFailsGivesBackWhatIsNotMoved() throws Exception {
    TestBackend target = backend(2);
    queue.insert(notes(600));

    IncompleteInsertException e =
        catchThrowableOfType(
            IncompleteInsertException.class, () -> memory(target).moveFrom(queue, NONE));

    assertThat(e.inserted()).isEqualTo(266);
    assertThat(target.numbers()).hasSize(266);
    assertThat(queue.stats().waiting()).hasValue(334);
  }

  @Test
  void tasksAreLeasedRenewedReleasedAndEndedByHand() throws Exception {
    TaskQueue tasks = memory(backend(-1));
    tasks.insert(notes(6));

    List<LeasedTask> leased = tasks.lease(4, ofMinutes(1));
    LeasedTask renewed = tasks.renew(leased.get(0), ofMinutes(9));

    assertThat(renewed.deadline()).isAfter(leased.get(0).deadline());
    assertThat(renewed.task()).isEqualTo(new Note(0));
    assertThat(renewed.attempt()).isEqualTo(1);
    tasks.complete(renewed);
    tasks.delete(leased.get(1));
    tasks.release(leased.get(2));
    // The first two are gone; the third was let go and is done all the same.
    assertThat(tasks.complete(leased)).isEqualTo(2);
    assertThat(tasks.completed()).hasValue(3);
    assertThat(tasks.enqueued()).hasValue(2);
    assertThat(tasks.lease(ofMinutes(1)).orElseThrow().task()).isInstanceOf(Note.class);
    assertThat(tasks.delete(tasks.lease(9, ofMinutes(1)))).isEqualTo(1);
    assertThat(tasks.lease(ofMinutes(1))).isEmpty();
    assertThat(tasks.releaseAll()).isEqualTo(1);
    tasks.rezero();
    assertThat(tasks.completed()).hasValue(0);
    assertThat(tasks.purge()).hasValue(1);
    tasks.blockUntilEmpty();
  }

  @Test
  void tasksAreFoundAndDeletedByTheirIds() throws Exception {
    queue.insert(notes(10));

    Set<TaskId> odd;
    try (Stream<QueuedTask> tasks = queue.tasks()) {
      odd =
          tasks
              .filter(task -> task.payload().tree().get("number").asInt() % 2 == 1)
              .map(QueuedTask::id)
              .collect(Collectors.toSet());
    }

    assertThat(queue.completeById(odd)).isEqualTo(5);
    assertThat(queue.deleteById(odd)).isZero();
    try (Stream<TaskInfo> left = queue.list()) {
      assertThat(left).hasSize(5);
    }
    assertThat(queue.completed()).hasValue(5);
  }

  @Test
  void idsOfInsertedTasksAreTold() throws Exception {
    List<TaskId> ids = new ArrayList<>();

    queue.insert(notes(600), InsertOptions.none().ids(ids::add));

    try (Stream<TaskInfo> all = queue.list()) {
      assertThat(all.map(TaskInfo::id)).containsExactlyInAnyOrderElementsOf(ids);
    }
    assertThat(ids).hasSize(600);
  }

  @Test
  void typeThatIsNotRegisteredIsToldWhenTheTaskIsAskedFor() throws Exception {
    queue.insert(new Note(1));

    LeasedTask leased = queue.lease(ofMinutes(1)).orElseThrow();

    assertThatThrownBy(leased::task)
        .isInstanceOf(UnreadableTaskException.class)
        .hasMessageContaining("\"Note\" is not registered; known are: CommandTask");
    assertThat(leased.payload().json()).isEqualTo("{\"number\": 1, \"class\": \"Note\"}");
  }

  @Test
  void workerExecutesTheTasksOfTheQueuesRegistry() throws Exception {
    TaskQueue tasks = memory(backend(-1));
    tasks.insert(notes(3));

    WorkerReport report = tasks.worker().slots(2).exitOnEmpty(true).build().run();

    assertThat(report.completed()).isEqualTo(3);
    assertThat(NOTES).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void badSettingsAreRefusedWhereTheyAreSet() {
    assertThatIllegalArgumentException().isThrownBy(() -> NONE.parallel(0));
    assertThatIllegalArgumentException().isThrownBy(() -> NONE.delay(ofMinutes(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskQueue.at("q").retries(-1, ofMillis(1), ofMillis(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskQueue.at("q").retries(1, ofMillis(2), ofMillis(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskQueue.at("mem://q").option("nonsense", "1").open());
  }
}
