package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskLimits;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tasks say of their attempts: how many, how long, and how long after a failure. */
@Timeout(60)
class LimitsTest {

  private final MutableClock clock = MutableClock.atSomeTime();
  private final MemoryQueue queue = JumpingMemoryQueue.at(clock);
  private final MemoryQueue realTime = new MemoryQueue("real", Clock.systemUTC());

  @Limits(attempts = 2, retryDelaySeconds = 60, timeoutSeconds = 600)
  record Limited(int n) implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  @Limits(attempts = -1)
  record Wrong() implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  static final class Functional {
    private Functional() {}

    @Queueable
    @Limits(timeoutSeconds = 5)
    static void run(int n) {
      assertThat(n).isNotZero();
    }
  }

  private static NewTask task(TaskLimits limits) throws InvalidPayloadException {
    return NewTask.of(Payload.ofJson("1").withLimits(limits), ZERO);
  }

  @Test
  void typeSaysItsLimitsByAnAnnotation() {
    assertThat(new Limited(1).payload().limits())
        .isEqualTo(TaskLimits.none().attempts(2).retryDelay(ofMinutes(1)).timeout(ofMinutes(10)));
    assertThat(Functions.call(Functional::run, 7).payload().limits())
        .isEqualTo(TaskLimits.none().timeout(ofSeconds(5)));
    assertThatThrownBy(() -> new Wrong().payload())
        .hasMessage("attempts: expected 1 or more, found -1");
  }

  @Test
  void optionOfTheInsertComesBeforeTheType() throws Exception {
    try (TaskQueue tasks = TaskQueue.at("mem://limits").tasks(Limited.class).of(queue)) {
      tasks.insert(
          List.of(new Limited(1)), InsertOptions.none().limits(TaskLimits.none().attempts(9)));
    }

    TaskLimits limits = queue.lease(1, ofMinutes(1), ZERO).get(0).payload().limits();
    assertThat(limits.attempts()).hasValue(9);
    assertThat(limits.timeout()).hasValue(ofMinutes(10));
  }

  @Test
  void limitsStandInTheBodyAndWhatIsNoLimitIsRefused() throws Exception {
    TaskLimits limits = TaskLimits.none().attempts(3).timeout(ofMillis(1_500));
    String body = Envelope.of(task(limits), "q");

    assertThat(body).endsWith("\", \"limits\": {\"attempts\": 3, \"timeoutSeconds\": 2}}");
    assertThat(Envelope.payload(body).limits()).isEqualTo(limits);
    assertThatThrownBy(() -> Envelope.payload("{\"payload\": 1, \"limits\": {\"attempts\": 1.5}}"))
        .isInstanceOf(InvalidPayloadException.class)
        .hasMessage("limits: attempts: expected a whole number from 1 to 2147483647, found 1.5");
    assertThatThrownBy(() -> Envelope.payload("{\"payload\": 1, \"limits\": 7}"))
        .hasMessage("limits: expected a JSON object");
    assertThat(Envelope.payload("{\"limits\": {\"colour\": [1]}, \"payload\": 1}").limits())
        .isEqualTo(TaskLimits.none());
  }

  @Test
  void taskThatSaysHowOftenItIsAttemptedIsDeadAfterThat() throws Exception {
    NewTask patient = task(TaskLimits.none().attempts(3));
    NewTask other = task(TaskLimits.none());
    queue.insert(List.of(patient, other));
    List<TaskId> attempted = new ArrayList<>();

    WorkerBuilder.of(
            queue,
            context -> {
              attempted.add(context.id());
              throw new TaskFailedException("no");
            })
        .clock(clock)
        .attempts(1)
        .exitOnEmpty(true)
        .build()
        .run();

    assertThat(attempted)
        .containsExactlyInAnyOrder(patient.id(), patient.id(), patient.id(), other.id());
  }

  @Test
  void taskThatSaysWhenItIsTriedAgainIsNotTriedBefore() throws Exception {
    queue.insert(List.of(task(TaskLimits.none().retryDelay(ofMinutes(30)))));
    List<Instant> times = new ArrayList<>();

    WorkerBuilder.of(
            queue,
            context -> {
              times.add(clock.instant());
              throw new TaskFailedException("no");
            })
        .clock(clock)
        .attempts(2)
        .exitOnEmpty(true)
        .build()
        .run();

    assertThat(times).hasSize(2);
    assertThat(times.get(1)).isAfterOrEqualTo(times.get(0).plus(ofMinutes(15)));
  }

  @Test
  void taskThatTakesLongerThanItMayIsInterruptedAndHasFailed() throws Exception {
    NewTask slow = task(TaskLimits.none().timeout(ofSeconds(1)));
    realTime.insert(List.of(slow));

    WorkerReport report =
        WorkerBuilder.of(realTime, context -> new CountDownLatch(1).await())
            .attempts(1)
            .exitOnEmpty(true)
            .build()
            .run();

    assertThat(report.dead()).isEqualTo(1);
    assertThat(reasonOf(slow)).isEqualTo("took longer than 1s");
  }

  @Test
  void workersTimeoutCountsWhereTheTaskSaysNone() throws Exception {
    NewTask slow = task(TaskLimits.none());
    realTime.insert(List.of(slow));

    WorkerBuilder.of(realTime, context -> new CountDownLatch(1).await())
        .timeout(ofMillis(20))
        .attempts(1)
        .exitOnEmpty(true)
        .build()
        .run();

    assertThat(reasonOf(slow)).isEqualTo("took longer than 0.02s");
  }

  @Test
  void taskThatIsDoneInTimeIsNotInterrupted() throws Exception {
    realTime.insert(List.of(task(TaskLimits.none().timeout(ofMinutes(5)))));

    WorkerReport report = WorkerBuilder.of(realTime, context -> {}).exitOnEmpty(true).build().run();

    assertThat(report.completed()).isEqualTo(1);
  }

  private String reasonOf(NewTask task) {
    return realTime.peek(task.id()).orElseThrow().failures().get(0).reason();
  }
}
