package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RenewerTest {

  private static final Duration LEASE = ofSeconds(30);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final MemoryQueue queue = JumpingMemoryQueue.at(clock);

  private final LeaseTerms terms = new LeaseTerms(queue, LEASE);

  /** Renews in the thread that asks for it, so that tests see what has become of it. */
  private final Renewer renewer = new Renewer(List.of(terms), clock, Runnable::run, List.of());

  private HeldTask hold() throws Exception {
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    HeldTask task = new HeldTask(queue.lease(1, LEASE, ZERO).get(0), renewer.nextRenewal(terms));
    renewer.add(task, terms);
    return task;
  }

  @Test
  void leaseIsRenewedWhenAThirdOfItIsOver() throws Exception {
    HeldTask task = hold();
    Lease first = task.lease();

    clock.advance(ofSeconds(9));
    assertThat(renewer.renewDue()).isEqualTo(ofSeconds(1));
    assertThat(task.lease()).isEqualTo(first);

    clock.advance(ofSeconds(1));
    assertThat(renewer.renewDue()).isEqualTo(ofSeconds(10));
    assertThat(task.lease().deadline()).isEqualTo(clock.instant().plus(LEASE));
  }

  @Test
  void leasesThatAreDueSoonAreRenewedWithTheOneThatIsDue() throws Exception {
    HeldTask first = hold();
    clock.advance(Duration.ofMillis(900));
    HeldTask second = hold();
    clock.advance(Duration.ofMillis(500));
    HeldTask third = hold();
    Lease later = third.lease();

    clock.advance(Duration.ofMillis(8_600));
    renewer.renewDue();

    assertThat(first.lease().deadline()).isEqualTo(clock.instant().plus(LEASE));
    assertThat(second.lease().deadline()).isEqualTo(clock.instant().plus(LEASE));
    assertThat(third.lease()).isEqualTo(later);
  }

  @Test
  @Timeout(30)
  void leasesThatAreDueTogetherAreRenewedAtOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    QueueBackend slow =
        InterceptedQueue.of(
            queue,
            verb -> {
              if (verb.equals("renew")) {
                // Neither is answered before the other is asked for.
                both.countDown();
                both.await();
              }
            });
    LeaseTerms slowly = new LeaseTerms(slow, LEASE);
    Renewer renewing = new Renewer(slowly, clock);
    HeldTask one = hold();
    HeldTask two = hold();
    renewing.add(one, slowly);
    renewing.add(two, slowly);
    clock.advance(ofSeconds(10));

    renewing.renewDue();

    Instant deadline = clock.instant().plus(LEASE);
    await()
        .untilAsserted(
            () -> {
              assertThat(one.lease().deadline()).isEqualTo(deadline);
              assertThat(two.lease().deadline()).isEqualTo(deadline);
            });
  }

  /** A queue that does not answer the renewal of one task. */
  private QueueBackend hanging(HeldTask task, CountDownLatch asked, CountDownLatch answered) {
    return new ForwardingQueue(queue) {
      @Override
      public Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
        if (lease.id().equals(task.lease().id())) {
          asked.countDown();
          try {
            answered.await();
          } catch (InterruptedException e) {
            throw new IOException("cancelled", e);
          }
        }
        return super.renew(lease, duration);
      }
    };
  }

  @Test
  @Timeout(30)
  void renewalThatHangsHoldsUpNoOtherAndIsTriedAgain() throws Exception {
    HeldTask hung = hold();
    HeldTask other = hold();
    CountDownLatch asked = new CountDownLatch(2);
    CountDownLatch answered = new CountDownLatch(1);
    LeaseTerms hanging = new LeaseTerms(hanging(hung, asked, answered), LEASE);
    Renewer renewing = new Renewer(hanging, clock);
    renewing.add(hung, hanging);
    renewing.add(other, hanging);

    clock.advance(ofSeconds(10));
    Instant first = clock.instant().plus(LEASE);
    renewing.renewDue();
    await().untilAsserted(() -> assertThat(other.lease().deadline()).isEqualTo(first));

    // A sixth of the lease is over: the renewal is cancelled; and a tenth: it is tried again.
    clock.advance(ofSeconds(5));
    renewing.renewDue();
    await().until(() -> !hung.isBeingRenewed());
    clock.advance(ofSeconds(3));
    answered.countDown();
    Instant second = clock.instant().plus(LEASE);
    renewing.renewDue();
    await().untilAsserted(() -> assertThat(hung.lease().deadline()).isEqualTo(second));

    assertThat(asked.getCount()).isZero();
    assertThat(hung.isLost()).isFalse();
  }

  @Test
  @Timeout(30)
  void endOfATaskDoesNotWaitLongForItsRenewal() throws Exception {
    HeldTask hung = hold();
    CountDownLatch asked = new CountDownLatch(1);
    LeaseTerms hanging = new LeaseTerms(hanging(hung, asked, new CountDownLatch(1)), LEASE);
    Renewer renewing = new Renewer(hanging, clock);
    renewing.add(hung, hanging);
    clock.advance(ofSeconds(10));
    renewing.renewDue();
    asked.await();

    queue.complete(hung.end().orElseThrow());

    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void leasesAreRenewedThoughTheRenewerIsToldToStopMeanwhile() throws Exception {
    HeldTask one = hold();
    HeldTask two = hold();
    clock.advance(ofSeconds(10));
    renewer.stop();

    renewer.renewDue();

    assertThat(one.lease().deadline()).isEqualTo(clock.instant().plus(LEASE));
    assertThat(two.lease().deadline()).isEqualTo(clock.instant().plus(LEASE));
  }

  @Test
  void leaseOfSixHoursIsRenewedEveryTwo() throws Exception {
    Duration sixHours = Duration.ofHours(6);
    LeaseTerms longTerms = new LeaseTerms(queue, sixHours);
    Renewer slow = new Renewer(List.of(longTerms), clock, Runnable::run, List.of());
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    HeldTask task =
        new HeldTask(queue.lease(1, sixHours, ZERO).get(0), slow.nextRenewal(longTerms));
    slow.add(task, longTerms);

    for (int i = 0; i < 12; i++) {
      clock.advance(Duration.ofHours(2));
      assertThat(slow.renewDue()).isEqualTo(Duration.ofHours(2));
      assertThat(task.lease().deadline()).isEqualTo(clock.instant().plus(sixHours));
    }
    assertThat(task.lease().attempt()).isEqualTo(1);
  }

  @Test
  void leaseIsShortenedWhenARenewalWinsLessThanHasPassed() throws Exception {
    Instant deadline = clock.instant().minus(Duration.ofMinutes(10));
    Lease before = until(deadline);

    assertThat(Renewer.isShortened(LEASE, before, until(deadline.plusSeconds(10)))).isFalse();
    assertThat(Renewer.isShortened(LEASE, before, until(deadline.plusSeconds(9)))).isFalse();
    assertThat(Renewer.isShortened(LEASE, before, until(deadline.plusSeconds(5)))).isTrue();
    assertThat(Renewer.isShortened(LEASE, before, before)).isTrue();
  }

  private static Lease until(Instant deadline) throws Exception {
    return new Lease(TaskId.next(), Payload.ofJson("1"), 1, deadline, "receipt");
  }

  @Test
  void taskIsHeldForAsLongAsItIsRenewed() throws Exception {
    HeldTask task = hold();

    for (int i = 0; i < 20; i++) {
      clock.advance(ofSeconds(10));
      renewer.renewDue();
      assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();
    }

    queue.complete(task.end().orElseThrow());
  }

  @Test
  void lostLeaseIsMarkedAndNotRenewedAgain() throws Exception {
    HeldTask task = hold();
    queue.releaseAll(info -> true);
    clock.advance(ofSeconds(10));

    renewer.renewDue();

    assertThat(task.isLost()).isTrue();
    assertThat(renewer.held()).isEmpty();
  }

  @Test
  void endedTaskIsNotRenewed() throws Exception {
    HeldTask task = hold();
    Lease lease = task.end().orElseThrow();
    clock.advance(ofSeconds(10));

    renewer.renewDue();

    assertThat(task.lease()).isEqualTo(lease);
    assertThat(task.renew(terms)).isFalse();
    assertThat(task.end()).isEmpty();
    queue.complete(lease);
  }

  @Test
  void withoutTasksTheNextLookIsBeforeAnyNewOneNeedsIt() {
    assertThat(renewer.renewDue()).isEqualTo(ofSeconds(10));
  }
}
