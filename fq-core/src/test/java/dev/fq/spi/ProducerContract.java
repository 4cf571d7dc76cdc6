package dev.fq.spi;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fq.memory.MemoryQueue;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each test is one sentence of {@link QueueProducer}'s contract, seen by whoever leases. */
public abstract class ProducerContract extends ContractFixture {

  // insert and lease

  @Test
  protected void insertedTaskIsLeasable() throws Exception {
    TaskId id = insert("a");

    Lease lease = leaseOne();

    assertThat(lease.id()).isEqualTo(id);
    assertThat(lease.payload()).isEqualTo(payload("a"));
    assertThat(lease.attempt()).isEqualTo(1);
  }

  @Test
  protected void emptyQueueGivesNoLease() throws Exception {
    assertThat(leaseUpTo(10)).isEmpty();
  }

  @Test
  protected void insertingNothingIsAllowed() throws Exception {
    queue.insert(List.of());

    assertEmpty();
  }

  @Test
  protected void payloadComesOutAsItWentIn() throws Exception {
    List<String> texts =
        List.of(
            "{\"b\": 1.50, \"a\": 1e3, \"n\": 12345678901234567890123, \"class\": \"Ünï\"}",
            "[[\"m\", \"f\"], [1, null, true], {\"k\": \"\\u00fc\\n\\\"\"}, -1]",
            "\"just a string \uD83D\uDE00\"",
            "-0.0",
            "null");
    for (String text : texts) {
      queue.insert(List.of(NewTask.of(Payload.ofJson(text), ZERO)));
    }

    assertThat(leaseUpTo(10))
        .extracting(lease -> lease.payload().json())
        .containsExactlyInAnyOrderElementsOf(texts);
  }

  @Test
  protected void batchIsInsertedWhole() throws Exception {
    List<NewTask> batch =
        IntStream.range(0, 300).mapToObj(i -> NewTask.of(payload("t" + i), ZERO)).toList();

    queue.insert(batch);

    assertThat(leaseAll())
        .extracting(Lease::id)
        .containsExactlyInAnyOrderElementsOf(batch.stream().map(NewTask::id).toList());
  }

  @Test
  protected void queueThatCountsGivesAllThereIsAtOnce() throws Exception {
    assumeTrue(can(Capability.EXACT_COUNTS));
    queue.insert(
        IntStream.range(0, 300).mapToObj(i -> NewTask.of(payload("t" + i), ZERO)).toList());

    assertThat(leaseUpTo(1000)).hasSize(300);
  }

  @Test
  protected void leaseGivesAtMostAsManyAsAsked() throws Exception {
    for (int i = 0; i < 5; i++) {
      insert("t" + i);
    }

    assertThat(leaseUpTo(3)).hasSize(3);
    assertThat(leaseUpTo(3)).hasSize(2);
    assertThat(leaseUpTo(3)).isEmpty();
  }

  @Test
  protected void anotherProcessSeesWhatWasInserted() throws Exception {
    TaskId id = insert("a");

    try (QueueBackend other = reopen(clock)) {
      assertThat(only(other.lease(1, LEASE, ZERO)).id()).isEqualTo(id);
    }
    assertThat(leaseUpTo(1)).isEmpty();
  }

  @Test
  protected void delayedTaskIsNotLeasableEarly() throws Exception {
    insert("a", ofSeconds(60));

    pass(ofSeconds(59));
    assertThat(leaseUpTo(1)).isEmpty();

    pass(ofSeconds(1));
    assertThat(leaseUpTo(1)).hasSize(1);
  }

  @Test
  protected void queueThatListsItsTasksKnowsAnIdThatIsTaken() throws Exception {
    assumeTrue(can(Capability.LIST));
    NewTask task = new NewTask(new TaskId("tile-1"), payload("a"), ZERO);

    assertThat(can(Capability.UNIQUE_IDS)).isTrue();
    assertThat(queue.insert(List.of(task))).isEmpty();
    assertThat(queue.insert(List.of(task))).containsExactly(task.id());
    assertThat(leaseAll()).hasSize(1);
  }

  @Test
  protected void delayIsRefusedWhereThereIsNone() throws Exception {
    assumeFalse(can(Capability.DELAY));
    List<NewTask> batch =
        List.of(NewTask.of(payload("a"), ZERO), NewTask.of(payload("b"), ofSeconds(1)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.insert(batch))
        .withMessageContaining("delay");

    assertEmpty();
  }

  @Test
  protected void waitingLeaseGetsATaskThatBecomesDueMeanwhile() throws Exception {
    TaskId id = insert("a", ofSeconds(5));

    List<Lease> leases = queue.lease(1, LEASE, ofSeconds(20));

    assertThat(only(leases).id()).isEqualTo(id);
  }

  @Test
  protected void waitingLeaseEndsWithNothingWhenTheTimeIsUp() throws Exception {
    insert("a", ofMinutes(5));

    assertThat(queue.lease(1, LEASE, ofSeconds(20))).isEmpty();
  }

  @Test
  protected void waitingLeaseIsPossibleAgainAndAgain() throws Exception {
    assertThat(queue.lease(1, LEASE, ofSeconds(1))).isEmpty();
    assertThat(queue.lease(1, LEASE, ofSeconds(1))).isEmpty();
    TaskId id = insert("a");

    assertThat(only(queue.lease(1, LEASE, ofSeconds(1))).id()).isEqualTo(id);
  }

  @Test
  protected void unreadableTaskIsNotHandedOutButDead() throws Exception {
    TaskId id = insert("a");
    assumeTrue(damage(id));
    TaskId good = insert("b");

    assertThat(only(leaseUpTo(10)).id()).isEqualTo(good);
    assertThat(stateOf(id)).isEqualTo(TaskState.DEAD);
    assertThat(only(detailOf(id).failures()).reason()).contains("not a task");
  }

  @Test
  protected void tasksAreLeasedByTheirIdsIfTheyAreWaiting() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId held = insert("held");
    leaseOne();
    TaskId delayed = insert("delayed", ofMinutes(1));
    TaskId wanted = insert("wanted");
    TaskId other = insert("other");

    Lease lease = only(queue.lease(Set.of(held, delayed, wanted, TaskId.next()), LEASE));

    assertThat(lease.id()).isEqualTo(wanted);
    assertThat(lease.payload()).isEqualTo(payload("wanted"));
    assertThat(lease.attempt()).isEqualTo(1);
    assertThat(only(leaseUpTo(10)).id()).isEqualTo(other);
    queue.complete(lease);
    assertGone(wanted);
  }

  @Test
  protected void queueIsTheSameAsItselfOpenedAgain() throws Exception {
    try (QueueBackend other = reopen(clock)) {
      assertThat(queue.isSameAs(other)).isTrue();
      assertThat(other.isSameAs(queue)).isTrue();
    }
    assertThat(queue.isSameAs(new MemoryQueue("other", clock))).isFalse();
  }

  // ids

  /** What a task is whose id is inserted once more. */
  private interface Situation {
    void bringAbout(TaskId id) throws Exception;
  }

  private void refusesASecondTaskOfAnId(Situation situation) throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId id = new TaskId("one");
    queue.insert(List.of(named(id, "first")));
    situation.bringAbout(id);
    QueueStats before = queue.stats();
    TaskDetail detail = detailOf(id);

    assertThat(queue.insert(List.of(named(id, "second"), named(new TaskId("two"), "two"))))
        .containsExactly(id);

    assertThat(detailOf(id)).isEqualTo(detail);
    assertThat(queue.peek(new TaskId("two"))).isPresent();
    QueueStats after = queue.stats();
    assertThat(after.enqueued()).hasValue(before.enqueued().orElseThrow() + 1);
    assertThat(after.dead()).isEqualTo(before.dead());
    if (can(Capability.COUNTERS)) {
      assertThat(after.inserted()).hasValue(before.inserted().orElseThrow() + 1);
    }
  }

  @Test
  protected void idOfAWaitingTaskIsRefused() throws Exception {
    refusesASecondTaskOfAnId(id -> {});
  }

  @Test
  protected void idOfALeasedTaskIsRefused() throws Exception {
    refusesASecondTaskOfAnId(id -> leaseOne());
  }

  @Test
  protected void idOfAFailedTaskIsRefused() throws Exception {
    refusesASecondTaskOfAnId(id -> queue.fail(leaseOne(), "why", ofMinutes(1)));
  }

  @Test
  protected void idOfADeadTaskIsRefused() throws Exception {
    refusesASecondTaskOfAnId(id -> queue.giveUp(leaseOne(), "why"));
  }

  @Test
  protected void secondTaskOfAnIdInOneInsertIsRefused() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId id = new TaskId("one");

    assertThat(queue.insert(List.of(named(id, "first"), named(id, "second")))).containsExactly(id);

    assertThat(only(leaseUpTo(10)).payload()).isEqualTo(payload("first"));
  }

  @Test
  protected void idOfATaskThatWasLookedForReplacesNoneThatWaits() throws Exception {
    assumeTrue(can(Capability.LIST));
    TaskId id = new TaskId("one");
    queue.insert(List.of(named(id, "first")));

    NewTask second = named(id, "second").withOrigin(NewTask.IdOrigin.LOOKED_UP);
    assertThat(queue.insert(List.of(second))).containsExactly(id);

    assertThat(only(leaseUpTo(10)).payload()).isEqualTo(payload("first"));
  }

  @Test
  protected void idOfATaskThatIsGoneCanBeInsertedAgain() throws Exception {
    TaskId id = new TaskId("one");
    queue.insert(List.of(named(id, "first")));
    queue.complete(leaseOne());

    assertThat(queue.insert(List.of(named(id, "second")))).isEmpty();

    Lease lease = leaseOne();
    assertThat(lease.payload()).isEqualTo(payload("second"));
    assertThat(lease.attempt()).isEqualTo(1);
  }

  @Test
  protected void twoInsertersOfTheSameIdsInsertEachOnce() throws Exception {
    assumeTrue(can(Capability.LIST));
    List<NewTask> tasks =
        IntStream.range(0, 100).mapToObj(i -> named(new TaskId("t" + i), "t" + i)).toList();
    Callable<List<TaskId>> inserter =
        () -> {
          try (QueueBackend mine = reopen(clock)) {
            Set<TaskId> refused = mine.insert(tasks);
            return tasks.stream().map(NewTask::id).filter(id -> !refused.contains(id)).toList();
          }
        };

    List<TaskId> inserted = inParallel(3, inserter);

    assertThat(inserted).doesNotHaveDuplicates().hasSize(100);
    assertThat(leaseAll()).hasSize(100);
  }

  @Test
  protected void bundlesAreRefusedWhereThereAreNone() throws Exception {
    assumeFalse(can(Capability.BUNDLES));
    List<NewTask> tasks = List.of(NewTask.of(Payload.ofJson("1"), ZERO));

    assertThatThrownBy(() -> queue.insertBundled(tasks, 10))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> queue.bundle(10, info -> true))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> queue.unbundle()).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  protected void tasksOfABundleAreLeasedOneByOne() throws Exception {
    assumeTrue(can(Capability.BUNDLES));
    List<NewTask> tasks =
        List.of(
            NewTask.of(Payload.ofJson("1"), ZERO),
            NewTask.of(Payload.ofJson("2"), ZERO),
            NewTask.of(Payload.ofJson("3"), ZERO));

    assertThat(queue.insertBundled(tasks, 2)).isEmpty();
    assertThat(queue.unbundle()).isEqualTo(3);
    assertThat(queue.bundle(3, info -> true)).isEqualTo(3);

    assertThat(leaseUpTo(3)).extracting(lease -> lease.payload().json()).contains("1", "2", "3");
  }
}
