package dev.fq.spi;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Keep;
import dev.fq.spi.OutputLog.Limits;
import dev.fq.spi.OutputLog.Output;
import dev.fq.spi.OutputLog.Part;
import dev.fq.spi.OutputLog.Sink;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every backend keeps: each test is one sentence of {@link QueueBackend}'s contract, here
 * those of {@link QueueAdmin} and of all roles together. A backend's own test class says how to
 * open a queue and how time passes, and adds only what no other backend has.
 */
public abstract class QueueBackendContract extends ConsumerContract {

  // stats, list, peek

  @Test
  protected void statsCountTasksByState() throws Exception {
    insert("dead");
    queue.giveUp(leaseOne(), "no luck");
    insert("failed");
    queue.fail(leaseOne(), "no luck", ofMinutes(1));
    insert("leased");
    leaseOne();
    insert("completed");
    queue.complete(leaseOne());
    insert("delayed", ofMinutes(1));
    insert("waiting");
    insert("waiting too");

    QueueStats stats = queue.stats();

    assertThat(stats.enqueued()).hasValue(5);
    assertThat(stats.waiting()).hasValue(2);
    assertThat(stats.delayed()).hasValue(2);
    assertThat(stats.leased()).hasValue(1);
    assertThat(stats.dead()).hasValue(1);
  }

  @Test
  protected void queueIsEmptyWhenAllIsDoneOrDead() throws Exception {
    assumeTrue(can(Capability.SIZE));
    insert("a");
    assertThat(queue.isEmpty()).isFalse();
    Lease lease = leaseOne();
    assertThat(queue.isEmpty()).isFalse();

    queue.giveUp(lease, "no luck");

    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  protected void queueThatCannotTellWhetherItIsEmptySaysSo() {
    assumeFalse(can(Capability.SIZE));

    assertThatThrownBy(() -> queue.isEmpty())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining(queue.url());
  }

  @Test
  protected void expiredLeaseIsListedAsWaiting() throws Exception {
    assumeTrue(can(Capability.SIZE));
    insert("a");
    leaseOne();

    pass(LEASE.plusSeconds(1));

    assertThat(queue.stats().waiting()).hasValue(1);
    assertThat(queue.stats().leased()).hasValue(0);
  }

  @Test
  protected void listShowsEveryTaskWithItsState() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId dead = insert("dead");
    queue.giveUp(leaseOne(), "no luck");
    TaskId leased = insert("leased");
    Lease lease = leaseOne();
    TaskId delayed = insert("delayed", ofMinutes(1));
    TaskId waiting = insert("waiting");

    try (Stream<TaskInfo> tasks = queue.list()) {
      List<TaskInfo> infos = new ArrayList<>(tasks.toList());
      infos.sort((one, other) -> one.state().compareTo(other.state()));
      assertThat(infos).extracting(TaskInfo::id).containsExactly(waiting, delayed, leased, dead);
      assertThat(infos)
          .extracting(TaskInfo::state)
          .containsExactly(TaskState.WAITING, TaskState.DELAYED, TaskState.LEASED, TaskState.DEAD);
      assertThat(infos).extracting(TaskInfo::attempt).containsExactly(0, 0, 1, 0);
      assertThat(infos.get(2).due()).isEqualTo(lease.deadline());
      assertThat(infos.get(2).holder()).isNotNull();
      assertThat(infos.get(0).holder()).isNull();
    }
  }

  @Test
  protected void peekFindsNothingUnderAnUnknownId() throws Exception {
    assumeTrue(can(Capability.LIST));
    insert("a");

    assertThat(queue.peek(TaskId.next())).isEmpty();
  }

  @Test
  protected void peekShowsTheBodyOfALeasedTask() throws Exception {
    TaskId id = insert("a");
    leaseOne();

    TaskDetail detail = detailOf(id);

    assertThat(Envelope.payload(detail.body())).isEqualTo(payload("a"));
    assertThat(detail.info().state()).isEqualTo(TaskState.LEASED);
    assertThat(detail.info().attempt()).isEqualTo(1);
    assertThat(detail.failures()).isEmpty();
  }

  // what operators do

  @Test
  protected void entriesAreWhatIsWaitingDelayedOrLeased() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId waiting = insert("w");
    TaskId delayed = insert("d", ofMinutes(1));
    Lease dying = leaseOne();
    TaskId leased = insert("l");
    leaseOne();
    queue.giveUp(dying, "no hope");
    insert("w2");

    try (Stream<TaskEntry> entries = queue.entries(task -> true)) {
      Map<TaskId, TaskEntry> found =
          entries.collect(Collectors.toMap(entry -> entry.info().id(), entry -> entry));
      assertThat(found).hasSize(3).doesNotContainKey(waiting);
      assertThat(found.get(delayed).info().state()).isEqualTo(TaskState.DELAYED);
      assertThat(found.get(leased).info().state()).isEqualTo(TaskState.LEASED);
      assertThat(found.get(leased).payload()).isEqualTo(payload("l"));
    }
  }

  @Test
  protected void entriesAreThosePicked() throws Exception {
    assumeTrue(can(Capability.LIST));
    insert("one");
    TaskId other = insert("other");

    try (Stream<TaskEntry> entries = queue.entries(task -> task.id().equals(other))) {
      assertThat(entries.map(TaskEntry::payload)).containsExactly(payload("other"));
    }
  }

  @Test
  protected void recordsAreKeptWhereTheCapabilitiesSaySo() throws Exception {
    assertThat(queue.outcomes().isPresent()).isEqualTo(can(Capability.OUTCOMES));
    assertThat(queue.output().isPresent()).isEqualTo(can(Capability.OUTPUT));
  }

  @Test
  protected void outputThatIsKeptIsFoundByTheTask() throws Exception {
    assumeTrue(can(Capability.OUTPUT));
    OutputLog log = queue.output().orElseThrow();
    try (OutputLog.Writer writer = log.writer(Keep.ALL, Limits.DEFAULT)) {
      Sink sink = writer.begin(new TaskId("a"), 3, Instant.EPOCH);
      sink.stream(Channel.ERR).write(7);
      sink.ended(TaskOutcome.FAILED);
    }

    List<Output> found = log.search(new TaskId("a")).attempts();

    assertThat(found).hasSize(1);
    assertThat(found.get(0).attempt()).isEqualTo(3);
    assertThat(found.get(0).result()).contains(TaskOutcome.FAILED);
    try (Stream<Part> parts = found.get(0).read(Channel.ERR, 0)) {
      assertThat(parts.map(Part::bytes)).containsExactly(new byte[] {7});
    }
  }

  @Test
  protected void outcomesThatAreWrittenAreRead() throws Exception {
    assumeTrue(can(Capability.OUTCOMES));
    OutcomeLog log = queue.outcomes().orElseThrow();
    Outcome outcome =
        new Outcome(
            new TaskId("a"),
            "Tile",
            null,
            1,
            TaskOutcome.COMPLETED,
            Instant.EPOCH,
            Instant.EPOCH.plusSeconds(1),
            "h",
            1,
            null,
            null,
            null,
            null);
    try (OutcomeLog.Writer writer = log.writer()) {
      writer.add(outcome);
    }

    try (Stream<Outcome> all = log.read(Instant.MIN)) {
      assertThat(all).containsExactly(outcome);
    }
  }

  @Test
  protected void resultsThatAreWrittenAreReadOnceForEachTask() throws Exception {
    assumeTrue(can(Capability.OUTCOMES));
    OutcomeLog log = queue.outcomes().orElseThrow();
    TaskResult a = new TaskResult(new TaskId("a"), "Tile", 1, Instant.EPOCH, "h", "{\"n\": 7.0}");
    TaskResult b =
        new TaskResult(new TaskId("b"), "", 2, Instant.EPOCH.plusSeconds(1), "h", "null");
    TaskResult again =
        new TaskResult(new TaskId("a"), "Tile", 2, Instant.EPOCH.plusSeconds(2), "h", "8");
    try (OutcomeLog.Writer writer = log.writer()) {
      writer.returned(List.of(a, b));
      writer.returned(List.of(again));

      try (Stream<TaskResult> all = log.results(task -> true)) {
        assertThat(all).containsExactly(a, b);
      }
    }
  }

  @Test
  protected void bodiesAreThoseOfAllTasksThatArePicked() throws Exception {
    assumeTrue(can(Capability.LIST));
    insert("dying");
    Lease dying = leaseOne();
    queue.fail(dying, "why", ZERO);
    queue.giveUp(leaseOne(), "no hope");
    TaskId waiting = insert("w");
    TaskId delayed = insert("d", ofMinutes(1));

    try (Stream<TaskDetail> bodies = queue.bodies(task -> !task.id().equals(delayed))) {
      Map<TaskId, TaskDetail> found =
          bodies.collect(Collectors.toMap(task -> task.info().id(), task -> task));
      assertThat(found).containsOnlyKeys(waiting, dying.id());
      assertThat(Envelope.payload(found.get(waiting).body())).isEqualTo(payload("w"));
      assertThat(Envelope.payload(found.get(dying.id()).body())).isEqualTo(payload("dying"));
      assertThat(found.get(dying.id()).info().state()).isEqualTo(TaskState.DEAD);
      assertThat(found.get(dying.id()).failures()).isEmpty();
    }
  }

  @Test
  protected void bodiesThatCannotBeReadAreThereToo() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId damaged = insert("damaged");
    assumeTrue(damage(damaged));

    try (Stream<TaskDetail> bodies = queue.bodies(task -> true)) {
      List<TaskDetail> all = bodies.toList();
      assertThat(all).hasSize(1);
      TaskDetail only = all.get(0);
      assertThat(only.info().id()).isEqualTo(damaged);
      assertThatThrownBy(() -> Envelope.payload(only.body()))
          .isInstanceOf(InvalidPayloadException.class);
    }
  }

  @Test
  protected void entriesPassOverWhatCannotBeRead() throws Exception {
    assumeTrue(can(Capability.LIST));
    assumeTrue(damage(insert("damaged")));
    TaskId sound = insert("sound");

    try (Stream<TaskEntry> entries = queue.entries(task -> true)) {
      assertThat(entries.map(entry -> entry.info().id())).containsExactly(sound);
    }
  }

  @Test
  protected void tasksAreDeletedByTheirIdsWhereverTheyStand() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId leased = insert("l");
    Lease lease = leaseOne();
    TaskId delayed = insert("d", ofMinutes(1));
    TaskId waiting = insert("w");
    TaskId other = insert("o");

    assertThat(queue.deleteById(Set.of(leased, delayed, waiting, TaskId.next()))).isEqualTo(3);

    assertThat(leaseOne().id()).isEqualTo(other);
    assertThat(queue.peek(delayed)).isEmpty();
    assertThatThrownBy(() -> queue.complete(lease)).isInstanceOf(LeaseLostException.class);
    if (can(Capability.COUNTERS)) {
      assertThat(queue.stats().completed()).hasValue(0);
    }
  }

  @Test
  protected void tasksCompletedByTheirIdsAreCounted() throws Exception {
    assumeTrue(queue.capabilities().containsAll(Set.of(Capability.LIST, Capability.COUNTERS)));
    TaskId one = insert("a");
    TaskId two = insert("b", ofMinutes(1));
    insert("c");

    assertThat(queue.completeById(Set.of(one, two))).isEqualTo(2);

    assertThat(queue.stats().completed()).hasValue(2);
    assertThat(queue.stats().enqueued()).hasValue(1);
    assertThat(queue.completeById(Set.of(one, two))).isZero();
    assertThat(queue.stats().completed()).hasValue(2);
  }

  @Test
  protected void deadTasksAreNotDeletedByTheirIds() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId dead = insert("a");
    queue.giveUp(leaseOne(), "no hope");

    assertThat(queue.deleteById(Set.of(dead))).isZero();

    assertThat(stateOf(dead)).isEqualTo(TaskState.DEAD);
  }

  @Test
  protected void leasesAreEndedTogetherAndThoseThatAreLostAreNotCounted() throws Exception {
    for (int i = 0; i < 5; i++) {
      insert("t" + i);
    }
    List<Lease> leases = leaseUpTo(5);
    queue.delete(leases.get(0));
    queue.delete(leases.get(3));

    assertThat(queue.completeEach(leases.subList(0, 3))).containsExactly(leases.get(0));
    assertThat(queue.deleteEach(leases)).containsExactlyInAnyOrderElementsOf(leases.subList(0, 4));

    assertEmpty();
    if (can(Capability.COUNTERS)) {
      assertThat(queue.stats().completed()).hasValue(2);
    }
  }

  @Test
  protected void deadTasksAreShownWithTheirLastReason() throws Exception {
    TaskId id = insert("a");
    queue.giveUp(leaseOne(), "no hope");

    try (Stream<TaskDetail> dead = queue.dead()) {
      TaskDetail detail = only(dead.toList());
      assertThat(detail.info().id()).isEqualTo(id);
      assertThat(detail.info().state()).isEqualTo(TaskState.DEAD);
      assertThat(Envelope.payload(detail.body())).isEqualTo(payload("a"));
      assertThat(only(detail.failures()).reason()).isEqualTo("no hope");
    }
  }

  @Test
  protected void deadTasksThatArePickedAreWaitingAgainAsNew() throws Exception {
    TaskId one = insert("one");
    queue.giveUp(leaseOne(), "no hope");
    insert("two");
    queue.giveUp(leaseOne(), "no hope");

    assertThat(queue.retryDead(one::equals)).isEqualTo(1);

    Lease again = leaseOne();
    assertThat(again.id()).isEqualTo(one);
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.payload()).isEqualTo(payload("one"));
    assertThat(leaseUpTo(1)).isEmpty();
    try (Stream<TaskDetail> dead = queue.dead()) {
      assertThat(dead).hasSize(1);
    }
  }

  @Test
  protected void deadTasksThatArePickedAreRemoved() throws Exception {
    TaskId one = insert("one");
    queue.giveUp(leaseOne(), "no hope");
    insert("two");
    queue.giveUp(leaseOne(), "no hope");

    assertThat(queue.purgeDead(one::equals)).isEqualTo(1);

    assertThat(queue.purgeDead(id -> true)).isEqualTo(1);
    assertThat(queue.purgeDead(id -> true)).isZero();
    assertEmpty();
  }

  @Test
  protected void whatTheCallerDidWrongIsNotTransient() {
    assertThat(queue.isTransient(new NoQueueException("gone"))).isFalse();
    assertThat(queue.isTransient(new InvalidPayloadException("not JSON"))).isFalse();
    AccessDeniedException denied = new AccessDeniedException("file");
    assertThat(queue.isTransient(denied)).isFalse();
    assertThat(queue.isTransient(new QueueDeniedException("denied", denied))).isFalse();
  }

  @Test
  protected void releaseAllMakesLeasedTasksWaitingAndLeavesDelayedOnes() throws Exception {
    assumeTrue(can(Capability.RELEASE_ALL));
    insert("a");
    insert("b");
    leaseUpTo(2);
    insert("delayed", ofMinutes(1));

    assertThat(queue.releaseAll(info -> true)).isEqualTo(2);

    assertThat(queue.stats().leased()).hasValue(0);
    assertThat(queue.stats().delayed()).hasValue(1);
    assertThat(leaseUpTo(10)).hasSize(2).allMatch(lease -> lease.attempt() == 1);
  }

  @Test
  protected void releaseAllReleasesOnlyWhatIsPicked() throws Exception {
    assumeTrue(can(Capability.RELEASE_ALL));
    TaskId picked = insert("a");
    insert("b");
    leaseUpTo(2);

    assertThat(queue.releaseAll(info -> info.id().equals(picked))).isEqualTo(1);

    assertThat(only(leaseUpTo(10)).id()).isEqualTo(picked);
  }

  @Test
  protected void holderLosesWhatAnOperatorReleased() throws Exception {
    assumeTrue(can(Capability.RELEASE_ALL));
    insert("a");
    Lease lease = leaseOne();

    queue.releaseAll(info -> true);

    assertThatThrownBy(() -> queue.renew(lease, LEASE)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.fail(lease, "why", ZERO)).isInstanceOf(LeaseLostException.class);
  }

  @Test
  protected void rezeroSetsTheCountsToZeroAndKeepsTheTasks() throws Exception {
    assumeTrue(can(Capability.COUNTERS));
    insert("a");
    insert("b");
    queue.complete(leaseOne());

    queue.rezero();

    assertThat(queue.stats().inserted()).hasValue(0);
    assertThat(queue.stats().completed()).hasValue(0);
    queue.complete(leaseOne());
    insert("c");
    assertThat(queue.stats().inserted()).hasValue(1);
    assertThat(queue.stats().completed()).hasValue(1);
  }

  @Test
  protected void purgeRemovesEverythingButDeadTasksAndCounts() throws Exception {
    insert("dead");
    queue.giveUp(leaseOne(), "no luck");
    insert("leased");
    Lease lease = leaseOne();
    insert("delayed", ofMinutes(1));
    insert("waiting");

    assertThat(queue.purge()).hasValue(3);

    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.stats().dead()).hasValue(1);
    assertLost(lease);
    insert("after");
    assertThat(leaseUpTo(10)).hasSize(1);
  }

  // arguments

  @Test
  protected void badArgumentsAreRefusedAndNameWhatIsWrong() throws Exception {
    insert("a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.lease(0, LEASE, ZERO))
        .withMessageContaining("max");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.lease(1, ZERO, ZERO))
        .withMessageContaining("lease duration");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.lease(1, LEASE, ofSeconds(-1)))
        .withMessageContaining("wait");
    Lease lease = leaseOne();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.renew(lease, ofSeconds(-1)))
        .withMessageContaining("lease duration");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.fail(lease, "why", ofSeconds(-1)))
        .withMessageContaining("retryIn");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.renew(lease, Duration.ofDays(1_000_000)))
        .withMessageContaining("lease duration: expected at most");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NewTask.of(payload("a"), Duration.ofDays(1_000_000)))
        .withMessageContaining("delay");
    queue.complete(lease);
  }

  // races

  @Test
  protected void twoWorkersNeverHoldOneTask() throws Exception {
    List<NewTask> tasks =
        IntStream.range(0, 400).mapToObj(i -> NewTask.of(payload("t" + i), ZERO)).toList();
    queue.insert(tasks);
    Callable<List<TaskId>> worker =
        () -> {
          List<TaskId> won = new ArrayList<>();
          try (QueueBackend mine = reopen(clock)) {
            List<Lease> leases = mine.lease(3, LEASE, ZERO);
            while (!leases.isEmpty()) {
              leases.forEach(lease -> won.add(lease.id()));
              leases = mine.lease(3, LEASE, ZERO);
            }
          }
          return won;
        };

    List<TaskId> all = inParallel(4, worker);

    assertThat(all).doesNotHaveDuplicates().hasSize(400);
  }

  @Test
  protected void threadsOfOneQueueObjectNeverHoldOneTask() throws Exception {
    List<NewTask> tasks =
        IntStream.range(0, 400).mapToObj(i -> NewTask.of(payload("t" + i), ZERO)).toList();
    queue.insert(tasks);
    Callable<List<TaskId>> worker =
        () -> {
          List<TaskId> done = new ArrayList<>();
          List<Lease> leases = leaseUpTo(2);
          while (!leases.isEmpty()) {
            for (Lease lease : leases) {
              queue.complete(lease);
              done.add(lease.id());
            }
            leases = leaseUpTo(2);
          }
          return done;
        };

    List<TaskId> all = inParallel(4, worker);

    assertThat(all).doesNotHaveDuplicates().hasSize(400);
    assertEmpty();
  }

  @Test
  protected void manyInsertersLoseNothing() throws Exception {
    Callable<List<TaskId>> inserter =
        () -> {
          List<TaskId> ids = new ArrayList<>();
          try (QueueBackend mine = reopen(clock)) {
            for (int i = 0; i < 50; i++) {
              NewTask task = NewTask.of(payload("t" + i), ZERO);
              mine.insert(List.of(task));
              ids.add(task.id());
            }
          }
          return ids;
        };

    List<TaskId> inserted = inParallel(4, inserter);

    Set<TaskId> found = new HashSet<>();
    leaseAll().forEach(lease -> found.add(lease.id()));
    assertThat(found).containsExactlyInAnyOrderElementsOf(inserted).hasSize(200);
  }
}
