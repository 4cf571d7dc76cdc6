package dev.fq.spi;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each test is one sentence of {@link QueueConsumer}'s contract. */
public abstract class ConsumerContract extends ProducerContract {

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

  @Test
  protected void taskThatWaitsIsToldOfWithoutALeaseWhereThatCanBe() throws Exception {
    boolean isTold = queue.capabilities().contains(Capability.SIZE);
    assertThat(queue.hasWaiting()).isFalse();

    insert("a");
    await().untilAsserted(() -> assertThat(queue.hasWaiting()).isEqualTo(isTold));
    Lease lease = leaseOne();
    await().untilAsserted(() -> assertThat(queue.hasWaiting()).isFalse());

    assertThat(lease.attempt()).isEqualTo(1);
    queue.complete(lease);
    assertThat(queue.hasWaiting()).isFalse();
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

  final void assertLost(Lease lost) {
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

  final TaskId insertADeadTask() throws Exception {
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
}
