package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Suspicion falls on the host first, and on the task when something speaks for the host. */
@Timeout(60)
class HostTroubleTest {

  private final MemoryQueue queue = new MemoryQueue("sick", Clock.systemUTC());

  private TaskId insert(String text) throws Exception {
    NewTask task = NewTask.of(Payload.ofJson('"' + text + '"'), ZERO);
    queue.insert(List.of(task));
    return task.id();
  }

  private static WorkerBuilder worker(QueueBackend queue, TaskHandler handler) {
    return WorkerBuilder.of(queue, handler)
        .exitOnEmpty(true)
        .retryDelay(ofMillis(1), ofMillis(1))
        .backOff(ofMillis(1), ofMillis(2));
  }

  private static void refuse(TaskContext task) throws HostTroubleException {
    throw new HostTroubleException("no tool here");
  }

  private List<Failure> failuresOf(TaskId id) {
    return queue.peek(id).orElseThrow().failures();
  }

  @Test
  void hostThatCannotAttemptAnythingStopsAndEatsNoTask() throws Exception {
    for (int i = 0; i < 20; i++) {
      insert("t" + i);
    }

    assertThatThrownBy(() -> worker(queue, HostTroubleTest::refuse).build().run())
        .isInstanceOf(UnfitHostException.class)
        .hasMessage(
            "5 times in a row this host could not attempt a task, and none succeeded: no tool here;"
                + " mend that, and start the worker again");

    assertThat(queue.stats().waiting()).hasValue(20);
    assertThat(queue.stats().dead()).hasValue(0);
    List<Lease> leases = queue.lease(20, ofMinutes(1), ZERO);
    assertThat(leases).hasSize(20).allMatch(lease -> lease.attempt() == 1);
  }

  @Test
  void slotsThatMeetTroubleTogetherAreOneTrouble() throws Exception {
    int slots = 8;
    for (int i = 0; i < slots; i++) {
      insert("t" + i);
    }
    CyclicBarrier together = new CyclicBarrier(slots);
    AtomicInteger tries = new AtomicInteger();

    WorkerReport report =
        worker(
                queue,
                task -> {
                  if (tries.incrementAndGet() <= slots) {
                    together.await();
                    throw new HostTroubleException("no more processes");
                  }
                })
            .slots(slots)
            .hostTroubleLimit(2)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(slots);
    assertThat(report.released()).isEqualTo(slots);
    assertThat(report.dead()).isZero();
  }

  @Test
  void successEndsTheRow() throws Exception {
    for (int i = 0; i < 10; i++) {
      insert("t" + i);
    }
    AtomicInteger tries = new AtomicInteger();

    WorkerReport report =
        worker(
                queue,
                task -> {
                  if (tries.incrementAndGet() % 2 == 1) {
                    refuse(task);
                  }
                })
            .hostTroubleLimit(2)
            .attempts(100)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(10);
  }

  @Test
  void troubleOfOneTaskWhileOthersSucceedIsItsOwnAndItEndsDead() throws Exception {
    TaskId typo = insert("typo");
    for (int i = 0; i < 5; i++) {
      insert("good");
    }

    WorkerReport report =
        worker(
                queue,
                task -> {
                  if (task.id().equals(typo)) {
                    refuse(task);
                  }
                })
            .attempts(3)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(5);
    assertThat(report.dead()).isEqualTo(1);
    List<Failure> failures = failuresOf(typo);
    assertThat(failures.get(0).counted()).isFalse();
    assertThat(failures.subList(1, 4))
        .allMatch(Failure::counted)
        .allMatch(
            failure ->
                failure.reason().startsWith("no tool here (taken for the task's own failure"));
  }

  @Test
  void typeThatAWorkerDoesNotKnowIsItsOwnLackWhateverElseSucceeds() throws Exception {
    NewTask foreign = NewTask.of(Payload.ofJson("{\"class\": \"Elsewhere\"}"), ZERO);
    queue.insert(List.of(foreign));
    for (int i = 0; i < 5; i++) {
      queue.insert(List.of(NewTask.of(new Known().payload(), ZERO)));
    }
    TaskHandler handler = new RegisteredTasks(TaskRegistry.of(Known.class));

    assertThatThrownBy(() -> worker(queue, handler).attempts(1).build().run())
        .isInstanceOf(UnfitHostException.class)
        .hasMessageContaining("\"Elsewhere\" is not registered; known are: Known, CommandTask;")
        .hasMessageContaining("give its jar with fq work --classpath");

    assertThat(queue.stats().completed()).hasValue(5);
    assertThat(queue.stats().waiting()).hasValue(1);
    assertThat(failuresOf(foreign.id())).noneMatch(Failure::counted);
  }

  record Known() implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  @Test
  void lackOfSeveralHostsSaysNothingAgainstTheTaskUntilItHadEnough() {
    List<Failure> often = Stream.generate(() -> trouble("node1")).limit(100).toList();

    assertThat(HostHealth.whyItHadEnough(List.of(trouble("node1"), trouble("node2")))).isEmpty();
    assertThat(HostHealth.whyItHadEnough(often.subList(0, 99))).isEmpty();
    assertThat(HostHealth.whyItHadEnough(often)).hasValue("it had such trouble 100 times");
  }

  @Test
  void troubleOnSeveralHostsIsTheTasksOwn() {
    HostHealth health = new HostHealth(5, backoff(), Clock.systemUTC());
    TaskId task = new TaskId("t");

    assertThat(health.whyItIsTheTasks(task, List.of())).isEmpty();
    assertThat(health.whyItIsTheTasks(task, List.of(trouble("node1"), trouble("node1")))).isEmpty();
    assertThat(health.whyItIsTheTasks(task, List.of(failure("node1"), failure("node2")))).isEmpty();
    assertThat(health.whyItIsTheTasks(task, List.of(trouble("node1"), trouble("node2"))))
        .hasValue("it had such trouble on node1, node2");
  }

  @Test
  void nothingLoopsForEver() {
    HostHealth health = new HostHealth(5, backoff(), Clock.systemUTC());
    List<Failure> often = Stream.generate(() -> trouble("node1")).limit(100).toList();

    assertThat(health.whyItIsTheTasks(new TaskId("t"), often.subList(1, 100))).isEmpty();
    assertThat(health.whyItIsTheTasks(new TaskId("t"), often))
        .hasValue("it had such trouble 100 times");
  }

  @Test
  void slotsThatWereBusyWhenAHostBecameUnfitDoNotChangeWhatIsSaidOfIt() {
    HostHealth health = new HostHealth(2, backoff(), Clock.systemUTC());
    for (String reason : List.of("no tool", "no files", "no room")) {
      health.trouble(new TaskId("t"), Instant.MAX, reason);
    }

    assertThat(health.whyUnfit())
        .startsWith(
            "2 times in a row this host could not attempt a task, and none succeeded: no files;");
  }

  private static Backoff backoff() {
    return new Backoff(ofMillis(1), ofSeconds(1), new Random(1));
  }

  private static Failure trouble(String host) {
    return new Failure(1, host + "-1-abc", Instant.EPOCH, "no tool", false);
  }

  private static Failure failure(String host) {
    return new Failure(1, host + "-1-abc", Instant.EPOCH, "exit code 1");
  }

  @Test
  void serviceThatCountsEveryLeaseEndsATaskByItsCount() throws Exception {
    TaskId id = insert("a");
    Set<Capability> few = EnumSet.complementOf(EnumSet.of(Capability.UNCOUNTED_RELEASE));
    QueueBackend counting =
        new ForwardingQueue(queue) {
          @Override
          public Set<Capability> capabilities() {
            return few;
          }
        };

    WorkerReport report = worker(counting, HostTroubleTest::refuse).attempts(1).build().run();

    assertThat(report.dead()).isEqualTo(1);
    assertThat(failuresOf(id)).extracting(Failure::reason).containsExactly("no tool here");
  }

  @Test
  void exceptionsOfTheCallersChoiceAreHostTroubleToo() throws Exception {
    insert("a");
    List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());

    WorkerReport report =
        worker(
                queue,
                task -> {
                  attempts.add(task.attempt());
                  if (attempts.size() < 3) {
                    throw new NoClassDefFoundError("lib/Gone");
                  }
                })
            .hostTroubleOn(NoClassDefFoundError.class)
            .build()
            .run();

    assertThat(report.completed()).isEqualTo(1);
    assertThat(attempts).containsExactly(1, 1, 1);
  }

  @Test
  void limitIsASetting() {
    assertThatThrownBy(() -> worker(queue, task -> {}).hostTroubleLimit(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("host trouble limit: expected 1 or more, found 0");
  }
}
