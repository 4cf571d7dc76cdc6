package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The worker over a memory queue. With one slot, time is the test's: whoever waits on the queue
 * finds that it has passed. With more, real time passes, and tests wait for what happens.
 */
@Timeout(60)
class WorkerTest {

  private static final Duration LEASE = ofMinutes(1);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final MemoryQueue queue = JumpingMemoryQueue.at(clock);
  private final MemoryQueue realTimeQueue = new MemoryQueue("real", Clock.systemUTC());
  private final List<String> executed = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService background = Executors.newSingleThreadExecutor();

  @AfterEach
  void stopBackground() {
    background.shutdownNow();
  }

  private static TaskId insert(QueueBackend queue, String text) throws IOException {
    NewTask task = NewTask.of(Payload.ofJson('"' + text + '"'), ZERO);
    queue.insert(List.of(task));
    return task.id();
  }

  private WorkerBuilder worker(TaskHandler handler) {
    return WorkerBuilder.of(queue, handler).leaseTime(LEASE).clock(clock).exitOnEmpty(true);
  }

  private WorkerBuilder realTimeWorker(TaskHandler handler) {
    return WorkerBuilder.of(realTimeQueue, handler).leaseTime(LEASE).exitOnEmpty(true);
  }

  private void record(TaskContext task) {
    executed.add(task.payload().tree().textValue());
  }

  // outcomes of a task

  @Test
  void taskThatReturnsIsCompleted() throws Exception {
    insert(queue, "a");
    insert(queue, "b");

    WorkerReport report = worker(this::record).build().run();

    assertThat(executed).containsExactlyInAnyOrder("a", "b");
    assertThat(report.begun()).isEqualTo(2);
    assertThat(report.completed()).isEqualTo(2);
    assertThat(report.reason()).isEqualTo(StopReason.EMPTY);
    assertThat(queue.stats().completed()).hasValue(2);
  }

  @Test
  void reportTellsTheLastFailureToThoseWhoReadNoLog() throws Exception {
    TaskId id = insert(queue, "a");

    WorkerReport report =
        worker(
                task -> {
                  throw new TaskFailedException("no such tile\nat line 2");
                })
            .attempts(2)
            .build()
            .run();

    assertThat(report.lastFailure())
        .isEqualTo(new WorkerReport.FailedAttempt(id, 2, "no such tile"))
        .hasToString("task " + id + ", attempt 2: no such tile");
    assertThat(worker(this::record).build().run().lastFailure()).isNull();
  }

  @Test
  void builtWorkerKeepsItsSettingsAndTheBuilderMakesOthers() throws Exception {
    insert(queue, "a");
    List<Object> seen = new ArrayList<>();
    WorkerBuilder builder =
        worker(task -> seen.add(task.value("where", String.class).orElse("nowhere")))
            .value("where", "first");
    Worker first = builder.build();
    builder
        .before(
            task -> {
              throw new IllegalStateException("set after the worker was built");
            })
        .after(task -> seen.add("after"))
        .value("where", "second")
        .tally(false)
        .stopWhen(soFar -> true);

    assertThat(first.run().completed()).isEqualTo(1);
    assertThat(queue.stats().completed()).hasValue(1);
    insert(queue, "b");
    assertThat(builder.before(task -> seen.add("before")).build().run().reason())
        .isEqualTo(StopReason.CONDITION);
    assertThat(seen).containsExactly("first");
    assertThat(queue.stats().waiting()).hasValue(1);
  }

  @Test
  void completedTasksAreNotCountedWithoutTally() throws Exception {
    insert(queue, "a");

    worker(this::record).tally(false).build().run();

    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.stats().completed()).hasValue(0);
  }

  @Test
  void handlerSeesTheTaskItsAttemptQueueAndDeadline() throws Exception {
    TaskId id = insert(queue, "a");
    List<Object> seen = new ArrayList<>();

    worker(
            task -> {
              seen.add(task.id());
              seen.add(task.attempt());
              seen.add(task.queue().url());
              seen.add(task.deadline());
              seen.add(task.isLeaseLost());
            })
        .build()
        .run();

    assertThat(seen).containsExactly(id, 1, "mem://test", clock.instant().plus(LEASE), false);
  }

  @Test
  void queueThatLeasesForLessThanTheLeaseTimeIsAskedForThatAndRenewedInTime() throws Exception {
    insert(queue, "a");
    List<Instant> deadlines = new ArrayList<>();
    QueueBackend impatient =
        new ForwardingQueue(queue) {
          @Override
          public Duration longestLease() {
            return ofSeconds(9);
          }
        };
    Worker worker =
        WorkerBuilder.of(impatient, this::record)
            .leaseTime(Duration.ofHours(1))
            .clock(clock)
            .before(task -> deadlines.add(task.deadline()))
            .maxTasks(1)
            .build();

    worker.run();

    assertThat(deadlines).containsExactly(clock.instant().plusSeconds(9));
    assertThat(worker.renewer().nextRenewal(new LeaseTerms(queue, ofSeconds(9))))
        .isEqualTo(clock.instant().plusSeconds(3));
  }

  @Test
  void queueThatCannotTellWhenItIsEmptyIsRefusedAsAReasonToStop() {
    QueueBackend blind =
        new ForwardingQueue(queue) {
          @Override
          public Set<Capability> capabilities() {
            return Set.of();
          }
        };

    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkerBuilder.of(blind, this::record).exitOnEmpty(true))
        .withMessageContaining("mem://test cannot tell when it is empty");
  }

  @Test
  void taskThatThrowsIsTriedAgainAfterADelayAndDeadAfterItsLastAttempt() throws Exception {
    TaskId id = insert(queue, "a");
    List<Integer> attempts = new ArrayList<>();

    WorkerReport report =
        worker(
                task -> {
                  attempts.add(task.attempt());
                  throw new IllegalStateException("no luck " + task.attempt());
                })
            .attempts(3)
            .retryDelay(ofSeconds(10), ofSeconds(15))
            .build()
            .run();

    assertThat(attempts).containsExactly(1, 2, 3);
    assertThat(report.failed()).isEqualTo(2);
    assertThat(report.dead()).isEqualTo(1);
    List<Failure> failures = queue.peek(id).orElseThrow().failures();
    assertThat(failures).hasSize(3);
    assertThat(failures.get(0).reason())
        .startsWith("java.lang.IllegalStateException: no luck 1")
        .contains("\tat dev.fq.WorkerTest");
    assertThat(Duration.between(failures.get(0).at(), failures.get(1).at()))
        .isBetween(ofSeconds(5), ofSeconds(10));
    assertThat(Duration.between(failures.get(1).at(), failures.get(2).at()))
        .isBetween(ofMillis(7_500), ofSeconds(15));
  }

  @Test
  void workerLivesOnWhateverATaskThrows() throws Exception {
    for (String text : List.of("checked", "error", "good")) {
      insert(queue, text);
    }

    WorkerReport report =
        worker(
                task -> {
                  record(task);
                  switch (task.payload().tree().textValue()) {
                    case "checked" -> throw new IOException("disk");
                    case "error" -> throw new StackOverflowError();
                    default -> {}
                  }
                })
            .attempts(1)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(1);
    assertThat(report.dead()).isEqualTo(2);
    try (var dead = queue.dead()) {
      assertThat(dead.map(task -> task.failures().get(0).reason().lines().findFirst().orElse("")))
          .containsExactlyInAnyOrder("java.io.IOException: disk", "java.lang.StackOverflowError");
    }
  }

  @Test
  void failureWithoutStackTraceGivesItsMessageAsTheReason() throws Exception {
    TaskId id = insert(queue, "a");

    worker(
            task -> {
              throw new TaskFailedException("exit code 7");
            })
        .attempts(1)
        .build()
        .run();

    assertThat(queue.peek(id).orElseThrow().failures().get(0).reason()).isEqualTo("exit code 7");
  }

  @Test
  void taskThatKillsItsWorkersIsDeadInTheEndWithoutBeingRunAgain() throws Exception {
    TaskId id = insert(queue, "a");
    for (int i = 0; i < 3; i++) {
      queue.lease(1, LEASE, ZERO);
      clock.advance(LEASE);
    }

    WorkerReport report = worker(this::record).attempts(3).build().run();

    assertThat(executed).isEmpty();
    assertThat(report.dead()).isEqualTo(1);
    assertThat(queue.peek(id).orElseThrow().info().state()).isEqualTo(TaskState.DEAD);
    assertThat(queue.peek(id).orElseThrow().failures().get(0).reason())
        .startsWith(
            "not attempted again: attempts begun: 3, allowed: 3; none of them said how it ended");
  }

  @Test
  void taskThatIsNotAttemptedAgainSaysHowItsLastAttemptFailed() throws Exception {
    TaskId id = insert(queue, "a");
    worker(
            task -> {
              throw new TaskFailedException("exit code 3\nno such tile");
            })
        .attempts(2)
        .maxTasks(1)
        .build()
        .run();

    WorkerReport report = worker(this::record).attempts(1).build().run();

    assertThat(executed).isEmpty();
    assertThat(report.dead()).isEqualTo(1);
    List<Failure> failures = queue.peek(id).orElseThrow().failures();
    assertThat(failures.get(failures.size() - 1).reason())
        .isEqualTo(
            "not attempted again: attempts begun: 1, allowed: 1; attempt 1 failed: exit code 3\n"
                + "no such tile");
  }

  // when to stop

  @Test
  void workerStaysForDelayedTasksAndLeasesOfOthers() throws Exception {
    insert(queue, "leased by another");
    queue.lease(1, ofSeconds(40), ZERO);
    queue.insert(List.of(NewTask.of(Payload.ofJson("\"delayed\""), ofSeconds(90))));

    worker(this::record).build().run();

    assertThat(executed).containsExactly("leased by another", "delayed");
  }

  @Test
  void workerStopsAfterSoManyTasks() throws Exception {
    for (int i = 0; i < 5; i++) {
      insert(queue, "t" + i);
    }

    WorkerReport report = worker(this::record).maxTasks(3).build().run();

    assertThat(executed).hasSize(3);
    assertThat(report.reason()).isEqualTo(StopReason.MAX_TASKS);
    assertThat(queue.stats().waiting()).hasValue(2);
  }

  @Test
  void workerStopsAtItsTimeLimit() throws Exception {
    WorkerReport report =
        worker(this::record).exitOnEmpty(false).timeLimit(ofMinutes(10)).build().run();

    assertThat(report.reason()).isEqualTo(StopReason.TIME_LIMIT);
    assertThat(report.elapsed()).isEqualTo(ofMinutes(10));
  }

  @Test
  void workerStopsWhenIdleForTooLong() throws Exception {
    insert(queue, "a");
    queue.insert(List.of(NewTask.of(Payload.ofJson("\"b\""), ofMinutes(4))));

    WorkerReport report =
        worker(this::record).exitOnEmpty(false).idleTimeout(ofMinutes(5)).build().run();

    assertThat(executed).containsExactly("a", "b");
    assertThat(report.reason()).isEqualTo(StopReason.IDLE);
    assertThat(report.elapsed()).isEqualTo(ofMinutes(9));
  }

  @Test
  void workerStopsWhenTheCallersConditionHolds() throws Exception {
    for (int i = 0; i < 5; i++) {
      insert(queue, "t" + i);
    }

    WorkerReport report =
        worker(this::record).stopWhen(soFar -> soFar.completed() == 2).build().run();

    assertThat(report.reason()).isEqualTo(StopReason.CONDITION);
    assertThat(executed).hasSize(2);
  }

  @Test
  void idleWorkerLooksLessAndLessOften() throws Exception {
    List<Duration> waits = new ArrayList<>();
    QueueBackend watched =
        new ForwardingQueue(queue) {
          @Override
          public List<Lease> lease(int max, Duration duration, Duration wait)
              throws IOException, InterruptedException {
            waits.add(wait);
            return super.lease(max, duration, wait);
          }
        };

    WorkerBuilder.of(watched, this::record)
        .clock(clock)
        .backOff(ofSeconds(1), ofSeconds(60))
        .timeLimit(ofMinutes(10))
        .build()
        .run();

    assertThat(waits.get(0)).isZero();
    assertThat(waits.get(1)).isBetween(ofMillis(500), ofSeconds(1));
    assertThat(waits.get(4)).isBetween(ofSeconds(4), ofSeconds(8));
    assertThat(waits.subList(0, waits.size() - 1))
        .allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(ofSeconds(60)));
    assertThat(waits).hasSizeLessThan(30);
  }

  // stopping

  @Test
  void stopLetsRunningTasksEnd() throws Exception {
    insert(realTimeQueue, "a");
    insert(realTimeQueue, "b");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Worker worker =
        realTimeWorker(
                task -> {
                  running.countDown();
                  mayEnd.await();
                })
            .grace(ofMinutes(10))
            .build();
    Future<WorkerReport> report = background.submit(worker::run);
    running.await();

    worker.stop();
    worker.stop();
    mayEnd.countDown();

    assertThat(report.get().completed()).isEqualTo(1);
    assertThat(report.get().reason()).isEqualTo(StopReason.STOPPED);
    assertThat(realTimeQueue.stats().waiting()).hasValue(1);
  }

  @Test
  void stopWakesAnIdleWorker() throws Exception {
    Worker worker =
        WorkerBuilder.of(realTimeQueue, this::record).backOff(ofMinutes(5), ofMinutes(5)).build();
    Future<WorkerReport> report = background.submit(worker::run);

    worker.stop();

    assertThat(report.get().reason()).isEqualTo(StopReason.STOPPED);
  }

  @Test
  void taskThatOutlivesTheGraceIsInterruptedAndReleased() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch running = new CountDownLatch(1);
    Worker worker =
        realTimeWorker(
                task -> {
                  running.countDown();
                  new CountDownLatch(1).await();
                })
            .grace(ZERO)
            .build();
    Future<WorkerReport> report = background.submit(worker::run);
    running.await();

    worker.stop();

    assertThat(report.get().released()).isEqualTo(1);
    assertThat(realTimeQueue.stats().waiting()).hasValue(1);
    assertThat(realTimeQueue.stats().leased()).hasValue(0);
  }

  @Test
  void taskThatIgnoresItsInterruptionIsReleasedAllTheSame() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Worker worker =
        realTimeWorker(
                task -> {
                  running.countDown();
                  awaitUninterruptibly(mayEnd);
                })
            .grace(ZERO)
            .interruptionTime(ofMillis(1))
            .build();
    Future<WorkerReport> report = background.submit(worker::run);
    running.await();

    worker.stop();

    assertThat(report.get().released()).isEqualTo(1);
    assertThat(realTimeQueue.stats().waiting()).hasValue(1);
    mayEnd.countDown();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException ignored) {
        // that is the point
      }
    }
  }

  @Test
  void taskThatRunsWhenTheLastIsBegunMayEndInItsOwnTime() throws Exception {
    insert(realTimeQueue, "a");
    CompletableFuture<Thread> scanning = new CompletableFuture<>();
    Worker worker =
        realTimeWorker(
                task ->
                    // Until the worker, which may begin no other, waits for this one to end.
                    await().until(() -> scanning.get().getState() == Thread.State.TIMED_WAITING))
            .maxTasks(1)
            .grace(ZERO)
            .build();
    Future<WorkerReport> report =
        background.submit(
            () -> {
              scanning.complete(Thread.currentThread());
              return worker.run();
            });

    assertThat(report.get().completed()).isEqualTo(1);
    assertThat(report.get().released()).isZero();
  }

  @Test
  void workerRunsOnce() throws Exception {
    Worker worker = worker(this::record).build();
    worker.run();

    assertThatThrownBy(worker::run).isInstanceOf(IllegalStateException.class);
  }

  // slots

  @Test
  void workerLeasesNoMoreThanItHasFreeSlots() throws Exception {
    for (int i = 0; i < 5; i++) {
      insert(realTimeQueue, "t" + i);
    }
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Worker worker =
        realTimeWorker(
                task -> {
                  running.countDown();
                  mayEnd.await();
                })
            .slots(2)
            .build();
    Future<WorkerReport> report = background.submit(worker::run);
    running.await();

    assertThat(realTimeQueue.stats().leased()).hasValue(2);
    assertThat(realTimeQueue.stats().waiting()).hasValue(3);

    mayEnd.countDown();
    assertThat(report.get().completed()).isEqualTo(5);
  }

  // leases

  @Test
  void lostLeaseInterruptsTheTaskAndNothingIsTold() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Boolean> toldLost = new CompletableFuture<>();
    Worker worker =
        realTimeWorker(
                task -> {
                  running.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    toldLost.complete(task.isLeaseLost());
                    throw e;
                  }
                })
            .maxTasks(1)
            .build();
    Future<WorkerReport> report = background.submit(worker::run);
    running.await();
    realTimeQueue.releaseAll(info -> true);
    Lease other = realTimeQueue.lease(1, LEASE, ZERO).get(0);

    worker.renewer().held().forEach(task -> task.renewAt(Clock.systemUTC().instant()));
    worker.renewer().renewDue();

    assertThat(report.get().lost()).isEqualTo(1);
    assertThat(report.get().failed()).isZero();
    assertThat(toldLost.get()).isTrue();
    realTimeQueue.complete(other);
  }

  @Test
  void workThatIsDoneThoughItsLeaseWasReleasedByAnOperatorCounts() throws Exception {
    insert(queue, "a");

    WorkerReport report = worker(task -> queue.releaseAll(info -> true)).build().run();

    assertThat(report.completed()).isEqualTo(1);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void interruptOfALostTaskDoesNotReachTheNextOne() throws Exception {
    insert(queue, "a");
    AtomicInteger tries = new AtomicInteger();
    Worker worker =
        worker(
                task -> {
                  if (tries.incrementAndGet() == 1) {
                    Thread.currentThread().interrupt();
                    throw new TaskFailedException("leaves its interrupt behind");
                  }
                  assertThat(Thread.currentThread().isInterrupted()).isFalse();
                })
            .build();

    assertThat(worker.run().completed()).isEqualTo(1);
  }

  // trouble

  @Test
  void troubleWithTheQueueIsTriedAgain() throws Exception {
    insert(queue, "a");
    AtomicInteger calls = new AtomicInteger();
    QueueBackend troubled =
        intercepted(
            method -> {
              if (method.equals("lease") && calls.incrementAndGet() <= 2) {
                throw new IOException("Input/output error");
              }
            });

    WorkerReport report =
        WorkerBuilder.of(troubled, this::record)
            .clock(clock)
            .backOff(ofMillis(1), ofMillis(2))
            .exitOnEmpty(true)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(1);
    assertThat(calls.get()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void workerInTroublePausesBeforeItTriesAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    QueueBackend troubled =
        intercepted(
            method -> {
              if (method.equals("lease")) {
                calls.incrementAndGet();
                throw new IOException("Input/output error");
              }
            });
    CompletableFuture<Thread> scanning = new CompletableFuture<>();
    Worker worker =
        WorkerBuilder.of(troubled, this::record).backOff(ofMinutes(50), ofMinutes(50)).build();
    Future<WorkerReport> report =
        background.submit(
            () -> {
              scanning.complete(Thread.currentThread());
              return worker.run();
            });
    await().until(() -> calls.get() > 0 && scanning.get().getState() == Thread.State.TIMED_WAITING);

    worker.stop();

    assertThat(report.get().reason()).isEqualTo(StopReason.STOPPED);
    assertThat(calls).hasValue(1);
  }

  @Test
  void taskWhoseEndCannotBeToldRunsAgain() throws Exception {
    insert(queue, "a");
    AtomicInteger calls = new AtomicInteger();
    QueueBackend troubled =
        intercepted(
            method -> {
              if (method.equals("complete") && calls.incrementAndGet() == 1) {
                throw new IOException("No space left on device");
              }
            });

    WorkerReport report =
        WorkerBuilder.of(troubled, this::record).clock(clock).exitOnEmpty(true).build().run();

    assertThat(executed).containsExactly("a", "a");
    assertThat(report.lost()).isEqualTo(1);
    assertThat(report.completed()).isEqualTo(1);
  }

  @Test
  void queueThatHasGoneEndsTheWorker() {
    QueueBackend gone =
        intercepted(
            method -> {
              if (method.equals("lease")) {
                throw new NoQueueException("the queue is gone");
              }
            });

    assertThatThrownBy(() -> WorkerBuilder.of(gone, this::record).clock(clock).build().run())
        .isInstanceOf(NoQueueException.class);
  }

  private QueueBackend intercepted(InterceptedQueue.Before before) {
    return InterceptedQueue.of(queue, before);
  }

  // settings

  @Test
  void badSettingsAreRefusedWhereTheyAreSet() {
    WorkerBuilder builder = worker(this::record);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.slots(0))
        .withMessage("slots: expected 1 or more, found 0");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.leaseTime(ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.attempts(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTasks(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.timeLimit(ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.idleTimeout(ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.grace(ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.retryDelay(ofSeconds(2), ofSeconds(1)))
        .withMessageContaining("retry delay");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.backOff(ZERO, ofSeconds(1)))
        .withMessageContaining("back-off");
  }

  // values, hooks, and what exceptions mean

  @Test
  void taskFindsTheValuesOfItsWorker() throws Exception {
    insert(queue, "a");
    List<Object> seen = new ArrayList<>();

    worker(
            task -> {
              seen.add(task.value("bucket", String.class));
              seen.add(task.value("none", Integer.class));
              assertThatIllegalArgumentException()
                  .isThrownBy(() -> task.value("bucket", Integer.class))
                  .withMessageContaining("\"bucket\": expected java.lang.Integer");
            })
        .value("bucket", "gs://b")
        .build()
        .run();

    assertThat(seen).containsExactly(Optional.of("gs://b"), Optional.empty());
  }

  @Test
  void hooksAreCalledBeforeATaskAndAfterItWasCompleted() throws Exception {
    insert(queue, "a");

    worker(this::record)
        .before(task -> executed.add("before " + task.payload()))
        .after(task -> executed.add("after, done: " + queue.stats().completed().orElse(0)))
        .build()
        .run();

    assertThat(executed).containsExactly("before \"a\"", "a", "after, done: 1");
  }

  @Test
  void hookThatThrowsBeforeATaskFailsTheAttemptAndAfterItNothing() throws Exception {
    TaskId id = insert(queue, "a");
    AtomicInteger calls = new AtomicInteger();

    WorkerReport report =
        worker(this::record)
            .before(
                task -> {
                  if (task.attempt() == 1) {
                    throw new IllegalStateException("not ready");
                  }
                })
            .after(
                task -> {
                  calls.incrementAndGet();
                  throw new IllegalStateException("too late");
                })
            .build()
            .run();

    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.completed()).isEqualTo(1);
    assertThat(executed).containsExactly("a");
    assertThat(calls).hasValue(1);
    assertThat(queue.peek(id)).isEmpty();
  }

  @Test
  void exceptionThatMeansBackOffIsNoFailureAndTheTaskIsExecutedAgain() throws Exception {
    insert(queue, "a");
    AtomicInteger tries = new AtomicInteger();

    WorkerReport report =
        worker(
                task -> {
                  assertThat(task.attempt()).isEqualTo(1);
                  if (tries.incrementAndGet() < 4) {
                    throw new FileNotFoundException("service is busy");
                  }
                })
            .attempts(1)
            .backOffOn(IOException.class)
            .backOff(ofMillis(1), ofMillis(2))
            .build()
            .run();

    assertThat(tries).hasValue(4);
    assertThat(report.completed()).isEqualTo(1);
    assertThat(report.failed() + report.dead() + report.released()).isZero();
  }

  @Test
  void otherExceptionsAreFailuresWhateverMeansBackOff() throws Exception {
    insert(queue, "a");

    WorkerReport report =
        worker(
                task -> {
                  throw new IllegalStateException("broken");
                })
            .attempts(1)
            .backOffOn(IOException.class)
            .build()
            .run();

    assertThat(report.dead()).isEqualTo(1);
  }

  @Test
  void taskThatBacksOffIsReleasedAtOnceWhenTheWorkerStops() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch thrown = new CountDownLatch(1);
    AtomicInteger executions = new AtomicInteger();
    Worker worker =
        realTimeWorker(
                task -> {
                  executions.incrementAndGet();
                  thrown.countDown();
                  throw new IOException("busy");
                })
            .backOffOn(IOException.class)
            .backOff(ofMinutes(30), ofMinutes(30))
            .grace(ofMinutes(30))
            .build();
    Future<WorkerReport> report = background.submit(worker::run);
    thrown.await();

    worker.stop();

    assertThat(report.get().released()).isEqualTo(1);
    assertThat(realTimeQueue.stats().waiting()).hasValue(1);
    assertThat(executions).hasValue(1);
  }

  @Test
  void workerThatStopsOnAFailureFailsTheAttemptAndThrowsWhatTheTaskThrew() throws Exception {
    TaskId id = insert(queue, "a");
    insert(queue, "b");
    List<TaskId> begun = new ArrayList<>();
    Worker worker =
        worker(
                task -> {
                  begun.add(task.id());
                  throw new IllegalStateException("no luck");
                })
            .stopOnFailure(true)
            .build();

    assertThatThrownBy(worker::run)
        .isInstanceOf(TaskExecutionException.class)
        .hasMessageContaining(id.value())
        .hasMessageContaining("no luck")
        .hasCauseInstanceOf(IllegalStateException.class);

    assertThat(begun).containsExactly(id);
    assertThat(queue.peek(id).orElseThrow().failures()).hasSize(1);
  }

  @Test
  void stopConditionSeesWhatWasExecutedTriesTimeOfTheLastAndElapsed() throws Exception {
    insert(queue, "a");
    List<String> seen = new ArrayList<>();

    worker(task -> clock.advance(ofSeconds(7)))
        .exitOnEmpty(false)
        .stopWhen(
            report -> {
              seen.add(
                  "%d %d %s"
                      .formatted(report.completed(), report.tries(), report.previousExecution()));
              return report.tries() == 2;
            })
        .build()
        .run();

    assertThat(seen).containsExactly("0 0 PT0S", "1 0 PT7S", "1 1 PT7S", "1 2 PT7S");
  }

  @Test
  void backOffGrowsTo120SecondsUnlessSet() {
    Backoff backOff = WorkerBuilder.of(queue, this::record).settings().get(0).backOff();

    assertThat(backOff.after(1)).isBetween(ofMillis(250), ofMillis(500));
    for (int i = 0; i < 100; i++) {
      assertThat(backOff.after(50)).isBetween(ofSeconds(60), ofSeconds(120));
    }
  }
}
