package dev.fq.spi;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fq.memory.MemoryQueue;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every backend keeps: each test is one sentence of {@link QueueBackend}'s contract. A
 * backend's own test class says how to open a queue and how time passes, and adds only what no
 * other backend has.
 */
public abstract class QueueBackendContract {

  private static final Duration LEASE = ofSeconds(30);

  private MutableClock clock;
  private QueueBackend queue;

  /** A new, empty queue that goes by this clock, and when it waits lets this clock jump. */
  protected abstract QueueBackend open(MutableClock clock) throws IOException;

  /** The time at which each test begins; a whole second. */
  protected Instant firstInstant() {
    return MutableClock.SOME_TIME;
  }

  /** The same queue as another process would open it. */
  protected abstract QueueBackend reopen(Clock clock) throws IOException;

  /**
   * Replaces the stored body of this task by something that is no task; false if that cannot be.
   */
  protected boolean damage(TaskId id) throws IOException {
    return false;
  }

  /** The queue under test. */
  protected final QueueBackend queue() {
    return queue;
  }

  protected final MutableClock clock() {
    return clock;
  }

  @BeforeEach
  void openQueue() throws IOException {
    clock = new MutableClock(firstInstant());
    queue = open(clock);
  }

  @AfterEach
  void closeQueue() throws IOException {
    queue.close();
  }

  private void pass(Duration time) {
    clock.advance(time);
  }

  private static Payload payload(String text) {
    try {
      return Payload.ofJson("{\"text\": \"" + text + "\"}");
    } catch (InvalidPayloadException e) {
      throw new AssertionError(e);
    }
  }

  private TaskId insert(String text) throws IOException {
    return insert(text, ZERO);
  }

  private TaskId insert(String text, Duration delay) throws IOException {
    assumeTrue(delay.isZero() || can(Capability.DELAY));
    NewTask task = NewTask.of(payload(text), delay);
    queue.insert(List.of(task));
    return task.id();
  }

  private boolean can(Capability what) {
    return queue.capabilities().contains(what);
  }

  private void assertEmpty() throws Exception {
    if (can(Capability.SIZE)) {
      assertThat(queue.isEmpty()).isTrue();
    } else {
      assertThat(leaseUpTo(1)).isEmpty();
    }
  }

  private List<Lease> leaseUpTo(int max) throws Exception {
    return queue.lease(max, LEASE, ZERO);
  }

  private List<Lease> leaseAll() throws Exception {
    List<Lease> all = new ArrayList<>();
    List<Lease> some = leaseUpTo(1000);
    while (!some.isEmpty()) {
      all.addAll(some);
      some = leaseUpTo(1000);
    }
    return all;
  }

  private Lease leaseOne() throws Exception {
    return only(leaseUpTo(1));
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  private TaskState stateOf(TaskId id) throws IOException {
    return detailOf(id).info().state();
  }

  private TaskDetail detailOf(TaskId id) throws IOException {
    assumeTrue(can(Capability.LIST));
    return queue.peek(id).orElseThrow();
  }

  private void assertGone(TaskId id) throws Exception {
    assertThat(leaseUpTo(1)).isEmpty();
    if (can(Capability.LIST)) {
      assertThat(queue.peek(id)).isEmpty();
    }
  }

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

  // what is leased reaches its caller

  @Test
  protected void leaseOfAnInterruptedThreadHidesNoTask() throws Exception {
    Set<TaskId> inserted = new HashSet<>();
    for (int i = 0; i < 25; i++) {
      inserted.add(insert("t" + i));
    }
    Set<TaskId> leased = new HashSet<>();

    Thread.currentThread().interrupt();
    try {
      queue.lease(25, LEASE, ZERO).forEach(lease -> leased.add(lease.id()));
    } catch (InterruptedException e) {
      assertThat(leased).isEmpty();
    } finally {
      Thread.interrupted();
    }

    // A service may give back a little later what nobody waited for.
    await()
        .untilAsserted(
            () -> {
              leaseUpTo(25).forEach(lease -> leased.add(lease.id()));
              assertThat(leased).isEqualTo(inserted);
            });
  }

  @Test
  protected void queueThatIsEmptyIsBelievedSoAfterATimeThatIsNotNegative() {
    assertThat(queue.emptyAfter()).isGreaterThanOrEqualTo(ZERO);
    assertThat(queue.passedOver()).isZero();
  }

  // the end of a lease

  @Test
  protected void leasedTaskIsHiddenUntilItsDeadline() throws Exception {
    insert("a");
    Lease lease = leaseOne();

    pass(Duration.between(clock.instant(), lease.deadline()).minusSeconds(1));

    assertThat(leaseUpTo(1)).isEmpty();
  }

  @Test
  protected void leaseLastsAtLeastAsLongAsAskedAndLessThanTwoSecondsMore() throws Exception {
    insert("a");
    pass(Duration.ofMillis(300));

    Lease lease = leaseOne();

    assertThat(Duration.between(clock.instant(), lease.deadline()))
        .isBetween(LEASE, LEASE.plusSeconds(2));
  }

  @Test
  protected void leaseLastsNoLongerThanTheLongest() throws Exception {
    Duration longest = queue.longestLease();
    assumeTrue(longest.compareTo(Arguments.LONGEST) < 0);
    insert("a");

    Lease lease = only(queue.lease(1, longest.multipliedBy(3), ZERO));
    Lease renewed = queue.renew(lease, longest.multipliedBy(2));

    assertThat(Duration.between(clock.instant(), lease.deadline()))
        .isBetween(longest, longest.plusSeconds(2));
    assertThat(Duration.between(clock.instant(), renewed.deadline()))
        .isBetween(longest, longest.plusSeconds(2));
  }

  @Test
  protected void expiredLeaseIsLeasableByAnother() throws Exception {
    TaskId id = insert("a");
    leaseOne();

    pass(LEASE.plusSeconds(1));
    Lease second = leaseOne();

    assertThat(second.id()).isEqualTo(id);
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.payload()).isEqualTo(payload("a"));
  }

  @Test
  protected void completeAfterTheDeadlineSucceedsWhenNobodyTookOver() throws Exception {
    TaskId id = insert("a");
    Lease lease = leaseOne();

    pass(LEASE.plusSeconds(10));
    queue.complete(lease);

    assertGone(id);
  }

  @Test
  protected void everyVerbOfAHolderThrowsLeaseLostAfterTakeover() throws Exception {
    insert("a");
    Lease lost = leaseOne();
    pass(LEASE.plusSeconds(1));
    Lease taken = leaseOne();

    assertLost(lost);

    queue.complete(taken);
  }

  /** Whether one worker of fq is told that another has its task. */
  protected boolean tellsOfOtherProcesses() {
    return can(Capability.FENCING);
  }

  @Test
  protected void leaseThatAnotherProcessHasTakenOverIsTold() throws Exception {
    assumeTrue(tellsOfOtherProcesses());
    insert("a");
    Lease lost = leaseOne();
    pass(LEASE.plusSeconds(1));
    try (QueueBackend other = reopen(clock)) {
      Lease taken = only(other.lease(1, LEASE, ZERO));

      assertLost(lost);

      other.complete(taken);
    }
    assertLost(lost);
  }

  private void assertLost(Lease lost) {
    assertThatThrownBy(() -> queue.renew(lost, LEASE)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.release(lost)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.fail(lost, "why", ZERO)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.giveUp(lost, "why")).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.delete(lost)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.complete(lost)).isInstanceOf(LeaseLostException.class);
  }

  // renew

  @Test
  protected void renewedLeaseLastsFromTheRenewalOn() throws Exception {
    insert("a");
    Lease lease = leaseOne();

    pass(ofSeconds(20));
    Lease renewed = queue.renew(lease, LEASE);
    pass(ofSeconds(29));
    assertThat(leaseUpTo(1)).isEmpty();

    pass(ofSeconds(2));
    assertThat(leaseUpTo(1)).hasSize(1);
    assertThat(renewed.deadline()).isAfter(lease.deadline());
  }

  @Test
  protected void renewKeepsTaskPayloadAndAttempt() throws Exception {
    insert("a");
    Lease lease = leaseOne();

    Lease renewed = queue.renew(lease, LEASE.plusSeconds(5));

    assertThat(renewed.id()).isEqualTo(lease.id());
    assertThat(renewed.payload()).isEqualTo(lease.payload());
    assertThat(renewed.attempt()).isEqualTo(1);
  }

  /** Its answer may have been lost, or another lease of the same claim may have been renewed. */
  @Test
  protected void leaseThatWasRenewedCountsAsTheRenewedOneDoes() throws Exception {
    insert("a");
    Lease old = leaseOne();
    pass(ofSeconds(5));
    Lease renewed = queue.renew(old, LEASE);
    assertThat(renewed.receipt()).isEqualTo(old.receipt());

    pass(ofSeconds(20));
    queue.renew(old, LEASE);
    pass(ofSeconds(20));
    assertThat(leaseUpTo(1)).isEmpty();
    queue.release(old);

    assertThatThrownBy(() -> queue.renew(renewed, LEASE)).isInstanceOf(LeaseLostException.class);
    assertThat(leaseUpTo(1)).hasSize(1);
  }

  @Test
  protected void workIsCompletedWithALeaseOfItsAttemptThoughItWasRenewedSince() throws Exception {
    TaskId id = insert("a");
    Lease old = leaseOne();
    pass(ofSeconds(5));
    queue.renew(old, LEASE);

    queue.complete(old);

    assertGone(id);
  }

  @Test
  protected void expiredLeaseCanBeRenewedWhenNobodyTookOver() throws Exception {
    insert("a");
    Lease lease = leaseOne();
    pass(LEASE.plusSeconds(10));

    Lease renewed = queue.renew(lease, LEASE);

    assertThat(leaseUpTo(1)).isEmpty();
    queue.complete(renewed);
  }

  // release

  @Test
  protected void releasedTaskIsLeasableAtOnceAndHasUsedUpNoAttempt() throws Exception {
    TaskId id = insert("a");

    queue.release(leaseOne());

    Lease second = leaseOne();
    assertThat(second.id()).isEqualTo(id);
    assertThat(second.attempt()).isEqualTo(can(Capability.UNCOUNTED_RELEASE) ? 1 : 2);
  }

  @Test
  protected void onlyAttemptsThatFailedOrJustEndedAreUsedUp() throws Exception {
    assumeTrue(can(Capability.UNCOUNTED_RELEASE));
    insert("a");
    queue.release(leaseOne());
    queue.fail(leaseOne(), "first", ZERO);
    queue.release(leaseOne());
    leaseOne();
    pass(LEASE.multipliedBy(2));

    assertThat(leaseOne().attempt()).isEqualTo(3);
  }

  @Test
  protected void reasonForAReleaseIsKeptAndDoesNotCount() throws Exception {
    assumeTrue(can(Capability.UNCOUNTED_RELEASE) && can(Capability.LIST));
    TaskId id = insert("a");
    queue.release(leaseOne(), "no such tool here");
    queue.fail(leaseOne(), "its own fault", ZERO);

    List<Failure> failures = queue.peek(id).orElseThrow().failures();
    assertThat(failures)
        .extracting(Failure::attempt, Failure::reason, Failure::counted)
        .containsExactly(tuple(1, "no such tool here", false), tuple(1, "its own fault", true));
    assertThat(failures).allMatch(failure -> !failure.host().isEmpty());
    assertThat(leaseOne().attempt()).isEqualTo(2);
  }

  @Test
  protected void workThatEndsAfterItsOwnReleaseIsCompletedUnlessLeasedSince() throws Exception {
    assumeTrue(can(Capability.UNCOUNTED_RELEASE));
    insert("a");
    Lease first = leaseOne();
    queue.release(first);
    Lease second = leaseOne();

    assertLost(first);
    queue.complete(second);
    assertEmpty();
  }

  @Test
  protected void whatATaskSaysOfItsAttemptsReachesEveryHolder() throws Exception {
    TaskLimits limits =
        TaskLimits.none().attempts(3).retryDelay(ofMinutes(1)).timeout(ofMinutes(10));
    queue.insert(List.of(NewTask.of(payload("a").withLimits(limits), ZERO)));

    Lease first = leaseOne();
    assertThat(first.payload().limits()).isEqualTo(limits);
    assertThat(queue.renew(first, LEASE).payload().limits()).isEqualTo(limits);
  }

  @Test
  protected void whatADeadTaskSaysOfItsAttemptsIsKept() throws Exception {
    TaskLimits limits = TaskLimits.none().attempts(3);
    queue.insert(List.of(NewTask.of(payload("a").withLimits(limits), ZERO)));
    queue.giveUp(leaseOne(), "enough");

    queue.retryDead(id -> true);

    assertThat(leaseOne().payload().limits()).isEqualTo(limits);
  }

  @Test
  protected void releasedLeaseNoLongerCounts() throws Exception {
    insert("a");
    Lease lease = leaseOne();
    queue.release(lease);

    assertThatThrownBy(() -> queue.renew(lease, LEASE)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.release(lease)).isInstanceOf(LeaseLostException.class);
  }

  // complete and delete

  @Test
  protected void completedTaskIsGone() throws Exception {
    TaskId id = insert("a");

    queue.complete(leaseOne());

    pass(ofMinutes(10));
    assertGone(id);
  }

  @Test
  protected void taskIsCompletedOnce() throws Exception {
    insert("a");
    Lease lease = leaseOne();
    queue.complete(lease);

    assertLost(lease);
  }

  @Test
  protected void deletedTaskIsGone() throws Exception {
    TaskId id = insert("a");
    Lease lease = leaseOne();

    queue.delete(lease);

    assertGone(id);
    assertLost(lease);
  }

  @Test
  protected void completedTaskIsCountedAndDeletedOneIsNot() throws Exception {
    insert("a");
    insert("b");

    queue.complete(leaseOne());
    queue.delete(leaseOne());

    assumeTrue(can(Capability.COUNTERS));
    assertThat(queue.stats().inserted()).hasValue(2);
    assertThat(queue.stats().completed()).hasValue(1);
  }

  @Test
  protected void workThatEndsAfterAnOperatorsReleaseIsCompleted() throws Exception {
    TaskId id = insert("a");
    Lease lease = leaseOne();
    assumeTrue(can(Capability.RELEASE_ALL));
    queue.releaseAll(info -> true);

    queue.complete(lease);

    assertGone(id);
    assertThat(queue.stats().completed()).hasValue(1);
  }

  @Test
  protected void workThatEndsAfterAReleaseAndATakeoverIsLost() throws Exception {
    insert("a");
    Lease lease = leaseOne();
    assumeTrue(can(Capability.RELEASE_ALL));
    queue.releaseAll(info -> true);
    Lease taken = leaseOne();

    assertLost(lease);

    queue.release(taken);
    assertLost(lease);
    assertThat(queue.stats().completed()).hasValue(0);
  }

  // fail and give up

  @Test
  protected void failReturnsTheTaskAfterItsDelay() throws Exception {
    TaskId id = insert("a");
    queue.fail(leaseOne(), "no luck", ofSeconds(10));

    pass(ofSeconds(9));
    assertThat(leaseUpTo(1)).isEmpty();

    pass(ofSeconds(2));
    Lease second = leaseOne();
    assertThat(second.id()).isEqualTo(id);
    assertThat(second.attempt()).isEqualTo(2);
  }

  @Test
  protected void failWithoutDelayReturnsTheTaskAtOnce() throws Exception {
    insert("a");

    queue.fail(leaseOne(), "no luck", ZERO);

    assertThat(leaseOne().attempt()).isEqualTo(2);
  }

  @Test
  protected void failedLeaseNoLongerCounts() throws Exception {
    insert("a");
    Lease lease = leaseOne();
    queue.fail(lease, "no luck", ofSeconds(10));

    assertThatThrownBy(() -> queue.renew(lease, LEASE)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> queue.fail(lease, "again", ZERO))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  protected void lastFailureMovesTheTaskToDead() throws Exception {
    TaskId id = insert("a");
    Lease lease = leaseOne();

    queue.giveUp(lease, "no luck");

    pass(ofMinutes(10));
    assertThat(leaseUpTo(1)).isEmpty();
    assertThat(stateOf(id)).isEqualTo(TaskState.DEAD);
    assertLost(lease);
  }

  @Test
  protected void deadTaskKeepsItsPayloadAndTheReasonsOfAllItsFailures() throws Exception {
    TaskId id = insert("a");
    queue.fail(leaseOne(), "first reason", ZERO);
    pass(ofSeconds(3));
    queue.fail(leaseOne(), "second reason\nwith \"two\" lines", ZERO);
    queue.giveUp(leaseOne(), "third reason");

    TaskDetail detail = detailOf(id);

    assertThat(Envelope.payload(detail.body())).isEqualTo(payload("a"));
    assertThat(detail.failures()).extracting(Failure::attempt).containsExactly(1, 2, 3);
    assertThat(detail.failures())
        .extracting(Failure::reason)
        .containsExactly("first reason", "second reason\nwith \"two\" lines", "third reason");
    assertThat(detail.failures().get(1).at()).isEqualTo(clock.instant());
  }

  @Test
  protected void failuresOfATaskThatIsCompletedAtLastAreDropped() throws Exception {
    TaskId id = insert("a");
    queue.fail(leaseOne(), "first reason", ZERO);
    assertThat(detailOf(id).failures()).hasSize(1);

    queue.complete(leaseOne());

    assertGone(id);
    assertThat(queue.stats().dead()).hasValue(0);
  }

  // ids

  private NewTask named(TaskId id, String text) {
    return new NewTask(id, payload(text), ZERO);
  }

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

  // attempts whose numbers come again

  @Test
  protected void attemptFromBeforeADeathEndsNoAttemptFromAfterTheRetry() throws Exception {
    TaskId id = insert("a");
    Lease first = leaseOne();
    pass(LEASE.plusSeconds(1));
    queue.giveUp(leaseOne(), "no hope");
    queue.retryDead(id::equals);
    queue.fail(leaseOne(), "why", ofMinutes(1));

    assertLost(first);

    pass(ofMinutes(2));
    assertThat(leaseOne().id()).isEqualTo(id);
  }

  @Test
  protected void attemptAtADeletedTaskEndsNoAttemptAtOneOfTheSameId() throws Exception {
    TaskId id = new TaskId("one");
    queue.insert(List.of(named(id, "first")));
    Lease first = leaseOne();
    pass(LEASE.plusSeconds(1));
    queue.complete(leaseOne());
    queue.insert(List.of(named(id, "second")));
    queue.fail(leaseOne(), "why", ofMinutes(1));

    assertLost(first);

    pass(ofMinutes(2));
    assertThat(leaseOne().payload()).isEqualTo(payload("second"));
  }

  @Test
  protected void attemptThatHasFailedIsOver() throws Exception {
    insert("a");
    Lease failed = leaseOne();
    queue.fail(failed, "why", ofMinutes(1));

    assertLost(failed);

    pass(ofMinutes(2));
    assertThat(leaseUpTo(1)).hasSize(1);
  }

  @Test
  protected void retriedTaskWhoseIdIsTakenStaysDead() throws Exception {
    assumeTrue(can(Capability.LIST));
    assumeTrue(bringInUnderATakenId(insertADeadTask(), "other"));

    assertThat(queue.retryDead(id -> true)).isZero();

    assertThat(queue.stats().dead()).hasValue(1);
    assertThat(leaseOne().payload()).isEqualTo(payload("other"));
  }

  private TaskId insertADeadTask() throws Exception {
    TaskId id = insert("dead");
    queue.giveUp(leaseOne(), "no hope");
    return id;
  }

  /**
   * Brings a task into the queue whose id another has, as only hands can; false if that cannot be.
   */
  protected boolean bringInUnderATakenId(TaskId id, String text) throws IOException {
    return false;
  }

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

    assertThat(queue.completeEach(leases.subList(0, 3))).isEqualTo(2);
    assertThat(queue.deleteEach(leases)).isEqualTo(1);

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

  private static <T> List<T> inParallel(int threads, Callable<List<T>> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<T> all = new ArrayList<>();
      for (Future<List<T>> future : pool.invokeAll(Collections.nCopies(threads, work))) {
        all.addAll(future.get());
      }
      return all;
    } finally {
      pool.shutdownNow();
    }
  }
}
