package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker whose process, queue or permissions fail it: what it has leased is worked on or given
 * back, and it says why it ends.
 */
@Timeout(60)
class WorkerInTroubleTest {

  private static final Duration LEASE = ofMinutes(1);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final MemoryQueue queue = JumpingMemoryQueue.at(clock);
  private final MemoryQueue realTimeQueue = new MemoryQueue("real", Clock.systemUTC());
  private final List<String> executed = Collections.synchronizedList(new ArrayList<>());

  private static void insert(QueueBackend queue, String... texts) throws IOException {
    for (String text : texts) {
      queue.insert(List.of(NewTask.of(Payload.ofJson('"' + text + '"'), ZERO)));
    }
  }

  private void record(TaskContext task) {
    executed.add(task.payload().tree().textValue());
  }

  private WorkerBuilder worker(QueueBackend on, TaskHandler handler) {
    return WorkerBuilder.of(on, handler).leaseTime(LEASE).clock(clock).exitOnEmpty(true);
  }

  /** A queue that fails like this at some of the calls of a verb, by their number from 1. */
  private static QueueBackend failing(
      QueueBackend queue, String verb, int from, int to, Throwable failure) {
    AtomicInteger calls = new AtomicInteger();
    return InterceptedQueue.of(
        queue,
        called -> {
          if (called.equals(verb)) {
            int call = calls.incrementAndGet();
            if (call >= from && call <= to) {
              throwAsIs(failure);
            }
          }
        });
  }

  private static void throwAsIs(Throwable failure) throws IOException {
    if (failure instanceof IOException trouble) {
      throw trouble;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  // memory and threads

  @Test
  void renewalsThatRunOutOfMemoryAreMadeAgainAndNoLeaseIsLost() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch renewed = new CountDownLatch(6);
    AtomicInteger renewals = new AtomicInteger();
    QueueBackend outOfMemory =
        InterceptedQueue.of(
            realTimeQueue,
            verb -> {
              if (verb.equals("renew")) {
                renewed.countDown();
                if (renewals.incrementAndGet() <= 2) {
                  throw new OutOfMemoryError("of another task");
                }
              }
            });

    WorkerReport report =
        WorkerBuilder.of(outOfMemory, task -> renewed.await())
            .leaseTime(ofSeconds(3))
            .exitOnEmpty(true)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(1);
    assertThat(report.lost()).isZero();
  }

  @Test
  void renewerThatFailsItselfGoesOn() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch renewed = new CountDownLatch(1);
    QueueBackend observed =
        InterceptedQueue.of(
            realTimeQueue,
            verb -> {
              if (verb.equals("renew")) {
                renewed.countDown();
              }
            });

    WorkerReport report =
        WorkerBuilder.of(observed, task -> renewed.await())
            .leaseTime(ofSeconds(3))
            .clock(new FailingClock(3))
            .exitOnEmpty(true)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(1);
  }

  @Test
  void workerWhoseRenewerFailsAgainAndAgainEndsWithAnErrorAndGivesBackWhatItHeld()
      throws Exception {
    insert(realTimeQueue, "a");

    assertThatThrownBy(
            () ->
                WorkerBuilder.of(realTimeQueue, task -> new CountDownLatch(1).await())
                    .leaseTime(ofSeconds(3))
                    .clock(new FailingClock(Integer.MAX_VALUE))
                    .grace(ZERO)
                    .build()
                    .run())
        .isInstanceOf(WorkerFailedException.class)
        .hasMessageContaining("leases cannot be renewed: java.lang.OutOfMemoryError");

    assertThat(realTimeQueue.stats().waiting()).hasValue(1);
  }

  /** Runs out of memory whenever the renewer's own thread asks it, for so many times. */
  private static final class FailingClock extends Clock {
    private final AtomicInteger left;

    FailingClock(int times) {
      this.left = new AtomicInteger(times);
    }

    @Override
    public Instant instant() {
      if (Thread.currentThread().getName().equals("fq-renewer") && left.getAndDecrement() > 0) {
        throw new OutOfMemoryError("for the renewer");
      }
      return Instant.now();
    }

    @Override
    public java.time.ZoneId getZone() {
      return java.time.ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  @Test
  void scannerThatRunsOutOfMemoryTriesAgain() throws Exception {
    insert(queue, "a");

    QueueBackend outOfMemory = failing(queue, "lease", 1, 3, new OutOfMemoryError("heap"));
    WorkerReport report =
        worker(outOfMemory, this::record).backOff(ofMillis(1), ofMillis(2)).build().run();

    assertThat(report.completed()).isEqualTo(1);
  }

  @Test
  void scannerThatRunsOutOfMemoryAgainAndAgainEndsTheWorker() throws Exception {
    insert(queue, "a");
    QueueBackend outOfMemory =
        failing(queue, "lease", 1, Integer.MAX_VALUE, new OutOfMemoryError("heap"));

    assertThatThrownBy(
            () -> worker(outOfMemory, this::record).backOff(ofMillis(1), ofMillis(2)).build().run())
        .isInstanceOf(WorkerFailedException.class)
        .hasMessageContaining("this process cannot go on: java.lang.OutOfMemoryError: heap");
  }

  @Test
  void taskWhoseEndRunsOutOfMemoryIsLeasedAgainAndItsSlotIsFree() throws Exception {
    insert(queue, "a", "b");

    QueueBackend outOfMemory = failing(queue, "complete", 1, 1, new OutOfMemoryError("heap"));
    WorkerReport report = worker(outOfMemory, this::record).build().run();

    assertThat(report.lost()).isEqualTo(1);
    assertThat(report.completed()).isEqualTo(2);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void slotsForWhichThereAreNoThreadsAreLeftOut() throws Exception {
    AtomicInteger threads = new AtomicInteger();

    try (Slots slots =
        new Slots(
            8,
            work -> {
              if (threads.incrementAndGet() > 3) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(work);
            })) {
      assertThat(slots.open()).isEqualTo(3);
    }
  }

  @Test
  void slotThatCannotStartItsWorkIsFreeAndWhatTheWorkWasGivenIsWithTheCaller() {
    Slots slots = new Slots(1);
    slots.open();
    slots.close();
    AtomicInteger freed = new AtomicInteger();

    assertThatThrownBy(() -> slots.start(() -> {}, freed::incrementAndGet))
        .isInstanceOf(RejectedExecutionException.class);

    assertThat(slots.isIdle()).isTrue();
    assertThat(freed).hasValue(0);
  }

  @Test
  void workerWithoutAnyThreadHasLeasedNothing() {
    try (Slots slots =
        new Slots(
            8,
            work -> {
              throw new OutOfMemoryError("unable to create native thread");
            })) {
      assertThatThrownBy(slots::open)
          .isInstanceOf(WorkerFailedException.class)
          .hasMessageContaining("no thread can be started to run tasks in");
    }
  }

  @Test
  void whatWasLeasedWhileTheWorkerWasStoppedIsGivenBack() throws Exception {
    insert(queue, "a", "b");
    AtomicReference<Worker> stopped = new AtomicReference<>();
    QueueBackend stopping =
        InterceptedQueue.of(
            queue,
            verb -> {
              if (verb.equals("lease")) {
                stopped.get().stop();
              }
            });
    stopped.set(worker(stopping, this::record).slots(2).build());

    WorkerReport report = stopped.get().run();

    assertThat(executed).isEmpty();
    assertThat(report.begun()).isZero();
    assertThat(queue.stats().waiting()).hasValue(2);
  }

  // services

  @Test
  void renewalThatHangsKeepsAStoppedWorkerForAFewSecondsOnly() throws Exception {
    insert(realTimeQueue, "a");
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    QueueBackend hung =
        InterceptedQueue.of(
            realTimeQueue,
            verb -> {
              if (verb.equals("renew")) {
                hanging.countDown();
                awaitUninterruptibly(never);
              }
            });
    Worker worker =
        WorkerBuilder.of(hung, task -> never.await()).leaseTime(ofSeconds(3)).grace(ZERO).build();
    Thread stopping =
        new Thread(
            () -> {
              awaitUninterruptibly(hanging);
              worker.stop();
            });
    stopping.start();

    WorkerReport report = worker.run();

    assertThat(report.released()).isEqualTo(1);
    never.countDown();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = true;
    while (interrupted) {
      try {
        latch.await();
        interrupted = false;
      } catch (InterruptedException e) {
        // It does not listen.
      }
    }
  }

  // permissions

  @Test
  void queueThatMayNotBeChangedEndsTheWorkerAtOnce() throws Exception {
    QueueDeniedException denied =
        new QueueDeniedException("q: permission denied", new AccessDeniedException("q/queue"));

    assertThatThrownBy(
            () ->
                worker(failing(queue, "lease", 1, 9, denied), this::record)
                    .exitOnEmpty(false)
                    .build()
                    .run())
        .isSameAs(denied);
  }

  @Test
  void taskThatMayNotBePutAmongTheDeadIsGivenBackAndEndsTheWorker() throws Exception {
    insert(queue, "a");
    QueueDeniedException denied =
        new QueueDeniedException("q: permission denied", new AccessDeniedException("q/dead"));

    assertThatThrownBy(
            () ->
                worker(
                        failing(queue, "giveUp", 1, 9, denied),
                        task -> {
                          throw new TaskFailedException("for good");
                        })
                    .attempts(1)
                    .build()
                    .run())
        .isSameAs(denied);

    assertThat(queue.stats().waiting()).hasValue(1);
  }

  @Test
  void tasksThatThisUserMayNotLeaseAreNothingToWaitFor() throws Exception {
    insert(queue, "other's");
    QueueBackend theirs =
        new ForwardingQueue(queue) {
          @Override
          public List<Lease> lease(int max, Duration duration, Duration wait) {
            return List.of();
          }

          @Override
          public long passedOver() {
            return 1;
          }
        };

    WorkerReport report =
        worker(theirs, this::record).backOff(ofMillis(1), ofMillis(2)).build().run();

    assertThat(report.reason()).isEqualTo(StopReason.EMPTY);
    assertThat(report.begun()).isZero();
  }

  // queues whose figures come late

  private QueueBackend late(Duration emptyAfter) {
    return new ForwardingQueue(queue) {
      @Override
      public Duration emptyAfter() {
        return emptyAfter;
      }
    };
  }

  @Test
  void queueWhoseFiguresComeLateIsEmptyOnlyAfterItHasBeenForAWhile() throws Exception {
    QueueBackend late = late(ofSeconds(75));
    Instant start = clock.instant();

    worker(late, this::record).build().run();

    assertThat(Duration.between(start, clock.instant())).isBetween(ofSeconds(75), ofSeconds(90));
  }

  @Test
  void taskThatShowsUpLateIsExecutedBeforeTheQueueIsEmpty() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    QueueBackend late =
        InterceptedQueue.of(
            late(ofSeconds(75)),
            verb -> {
              if (verb.equals("isEmpty") && looks.incrementAndGet() == 5) {
                insert(queue, "late");
              }
            });

    worker(late, this::record).build().run();

    assertThat(executed).containsExactly("late");
  }

  @Test
  void whoWaitsForAQueueWhoseFiguresComeLateLooksAgain() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    QueueBackend late =
        InterceptedQueue.of(
            late(ofMillis(300)), verb -> looks.addAndGet(verb.equals("isEmpty") ? 1 : 0));

    assertThat(TaskQueue.at("mem://unused").of(late).blockUntilEmpty(ofSeconds(30), figures -> {}))
        .isTrue();

    assertThat(looks).hasValueGreaterThan(1);
  }
}
