package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the tasks that run when a worker's time is over. */
@Timeout(60)
class TimeLimitTest {

  private final MutableClock clock = MutableClock.atSomeTime();
  private final MemoryQueue queue = new MemoryQueue("limited", Clock.systemUTC());
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @BeforeEach
  void insert() throws Exception {
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
  }

  /** The limit is over as soon as the task has begun. */
  private WorkerBuilder workerAtItsLimit() {
    QueueBackend late =
        InterceptedQueue.of(
            queue,
            verb -> {
              if (verb.equals("lease")) {
                clock.advance(ofHours(1));
              }
            });
    return WorkerBuilder.of(late, task -> mayEnd.await())
        .clock(clock)
        .timeLimit(ofMinutes(30))
        .grace(ZERO);
  }

  private static FutureTask<WorkerReport> runUntilItWaitsForItsTasks(Worker worker) {
    FutureTask<WorkerReport> report = new FutureTask<>(worker::run);
    Thread thread = new Thread(report);
    thread.setDaemon(true);
    thread.start();
    await()
        .atMost(ofMinutes(1))
        .until(
            () ->
                thread.getState() == Thread.State.TIMED_WAITING
                    && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("drain")));
    return report;
  }

  @Test
  void tasksThatRunAtTheTimeLimitEndInTheirOwnTime() throws Exception {
    FutureTask<WorkerReport> report = runUntilItWaitsForItsTasks(workerAtItsLimit().build());

    mayEnd.countDown();

    assertThat(report.get().completed()).isEqualTo(1);
    assertThat(report.get().reason()).isEqualTo(StopReason.TIME_LIMIT);
  }

  @Test
  void stopHurriesTasksThatRunBeyondTheTimeLimit() throws Exception {
    Worker worker = workerAtItsLimit().build();
    FutureTask<WorkerReport> report = runUntilItWaitsForItsTasks(worker);

    worker.stop();

    assertThat(report.get().released()).isEqualTo(1);
    assertThat(queue.stats().waiting()).hasValue(1);
  }

  @Test
  void hardTimeLimitHurriesThem() throws Exception {
    // The clock stands still from the time limit on; the rest passes while the worker waits.
    WorkerReport report = workerAtItsLimit().hardTimeLimit(ofHours(1).plusMillis(1)).build().run();

    assertThat(report.reason()).isEqualTo(StopReason.TIME_LIMIT);
    assertThat(report.released()).isEqualTo(1);
    assertThat(queue.stats().waiting()).hasValue(1);
  }

  @Test
  void hardTimeLimitIsALimitByItself() throws Exception {
    WorkerReport report =
        WorkerBuilder.of(queue, task -> mayEnd.await())
            .slots(2)
            .hardTimeLimit(ofMillis(200))
            .grace(ZERO)
            .build()
            .run();

    assertThat(report.released()).isEqualTo(1);
    assertThat(report.reason()).isEqualTo(StopReason.HARD_TIME_LIMIT);
  }
}
