package dev.fq.pubsub;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.service.Receipt;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service that answers what a real one answers only on a bad day. */
class TroubledServiceTest {

  private static final Status UNAVAILABLE = Status.UNAVAILABLE.withDescription("not today");
  private static final Status DENIED = Status.PERMISSION_DENIED.withDescription("not you");

  private LocalService service;
  private PubSubQueue queue;

  @BeforeEach
  void start() throws IOException {
    service = new LocalService(Clock.systemUTC(), ZERO);
    queue = builder().create(true).open();
  }

  @AfterEach
  void stop() {
    queue.close();
    service.close();
  }

  private PubSubQueueBuilder builder() {
    return PubSubQueue.at(QueueUrl.parse("pubsub://projects/lab/topics/top/subscriptions/sub"))
        .endpoint(service.endpoint())
        .home(Path.of("no-home"))
        .environment(Map.of());
  }

  private static List<NewTask> tasks(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              try {
                return NewTask.of(Payload.ofJson(Integer.toString(i)), ZERO);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  private Lease leaseOne() throws Exception {
    return leaseOne(queue);
  }

  private static Lease leaseOne(PubSubQueue queue) throws Exception {
    List<Lease> leases = queue.lease(1, ofMinutes(1), ZERO);
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  @Test
  void callsThatTheServiceIsNotAvailableForAreMadeAgain() throws Exception {
    for (String call : List.of("publish", "pull", "modifyAckDeadline", "acknowledge")) {
      service.refuse(call, UNAVAILABLE);
      service.refuse(call, UNAVAILABLE);
    }

    queue.insert(tasks(3));
    List<Lease> leases = queue.lease(3, ofMinutes(1), ZERO);

    assertThat(queue.completeEach(leases)).isEmpty();
    assertThat(queue.lease(1, ofMinutes(1), ZERO)).isEmpty();
  }

  @Test
  void tasksThatAreNotTakenAreReported() {
    List<NewTask> tasks = tasks(3);
    // On a busy machine the client's time for a batch is over sooner: a call each at most.
    tasks.forEach(task -> service.refuse("publish", DENIED));

    PartialInsertException e =
        catchThrowableOfType(PartialInsertException.class, () -> queue.insert(tasks));

    assertThat(e.inserted()).isZero();
    assertThat(e.missing().stream()).containsExactly(0, 1, 2);
    assertThat(e).hasMessageContaining("Pub/Sub answers PERMISSION_DENIED: not you");
  }

  @Test
  void partOfABatchThatIsNotTakenIsReported() {
    service.refuse("publish", DENIED);

    PartialInsertException e =
        catchThrowableOfType(PartialInsertException.class, () -> queue.insert(tasks(2_500)));

    assertThat(e.inserted()).isBetween(1, 2_499);
    assertThat(e.missing().cardinality()).isEqualTo(2_500 - e.inserted());
  }

  @Test
  void acknowledgementThatFailedForAMomentIsMadeAgain() throws Exception {
    queue.insert(tasks(1));
    Lease lease = leaseOne();
    service.fail(Receipt.of(lease).handle(), "TRANSIENT_FAILURE_INVALID_ACK_ID");

    queue.complete(lease);

    assertThat(queue.lease(1, ofMinutes(1), ZERO)).isEmpty();
    assertThatThrownBy(() -> queue.complete(lease)).isInstanceOf(LeaseLostException.class);
  }

  @Test
  void oneDeliveryThatNoLongerCountsIsLostAndTheOthersAreNot() throws Exception {
    queue.insert(tasks(3));
    List<Lease> leases = queue.lease(3, ofMinutes(1), ZERO);
    service.fail(Receipt.of(leases.get(1)).handle(), "PERMANENT_FAILURE_INVALID_ACK_ID");

    assertThat(queue.completeEach(leases)).containsExactly(leases.get(1));
  }

  @Test
  void troubleWithARenewalIsNoLostLease() throws Exception {
    queue.insert(tasks(1));
    Lease lease = leaseOne();
    service.refuse("modifyAckDeadline", DENIED);

    assertThatThrownBy(() -> queue.renew(lease, ofMinutes(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("PERMISSION_DENIED");

    queue.complete(queue.renew(lease, ofMinutes(1)));
  }

  @Test
  void taskThatCannotBePutAmongTheDeadStaysLeased() throws Exception {
    queue.insert(tasks(1));
    Lease lease = leaseOne();
    service.refuse("publish", DENIED);

    assertThatThrownBy(() -> queue.giveUp(lease, "no luck")).isInstanceOf(IOException.class);

    queue.complete(lease);
  }

  /** Well before the subscription's own deadline would end. */
  private void assertLeasableSoon(int count) {
    List<Lease> leases = new ArrayList<>();
    await()
        .atMost(ofSeconds(5))
        .until(
            () -> {
              leases.addAll(queue.lease(count, ofMinutes(1), ZERO));
              return leases.size() == count;
            });
  }

  @Test
  void messagesThatCannotBeHeldAreGivenBackAtOnce() throws Exception {
    queue.insert(tasks(3));
    service.refuse("modifyAckDeadline", DENIED);

    assertThatThrownBy(() -> queue.lease(3, ofMinutes(1), ZERO))
        .isInstanceOf(QueueDeniedException.class)
        .hasMessageContaining("PERMISSION_DENIED");

    assertLeasableSoon(3);
  }

  @Test
  void unreadableMessageThatCannotBePutAmongTheDeadHidesNoOther() throws Exception {
    service.publish("projects/lab/topics/top", "no JSON");
    queue.insert(tasks(2));
    service.refuse("publish", DENIED);

    assertThat(queue.lease(3, ofMinutes(1), ZERO)).hasSize(2);
  }

  @Test
  void whatAnInterruptedPullBringsIsGivenBack() throws Exception {
    queue.insert(tasks(3));

    // Held, so that the answer does not come before the thread has begun to wait for it.
    LocalService held = service;
    synchronized (held) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> queue.lease(3, ofMinutes(1), ZERO))
          .isInstanceOf(InterruptedException.class);
    }

    assertLeasableSoon(3);
  }

  @Test
  void whoMayNotSeeTheSubscriptionMayWorkAllTheSame() throws Exception {
    service.refuse("getSubscription", DENIED);

    try (PubSubQueue permitted = builder().open()) {
      permitted.insert(tasks(1));
      permitted.complete(leaseOne(permitted));
    }
  }

  @Test
  void subscriptionThatIsRemovedUnderAWorkerIsTold() {
    service.refuse("pull", Status.NOT_FOUND.withDescription("no sub"));

    assertThatThrownBy(() -> queue.lease(1, ofMinutes(1), ZERO))
        .isInstanceOf(NoQueueException.class)
        .hasMessageContaining("the subscription is gone");
  }

  @Test
  void serverThatIsNotThereIsToldInOneLine() {
    PubSubQueueBuilder builder = builder();
    service.close();

    assertThatThrownBy(builder::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("pubsub://projects/lab/topics/top/subscriptions/sub")
        .hasMessageContaining("UNAVAILABLE")
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }
}
