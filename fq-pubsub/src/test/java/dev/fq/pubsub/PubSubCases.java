package dev.fq.pubsub;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.InvalidArgumentException;
import com.google.protobuf.ByteString;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.DeadLetterPolicy;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.ReceivedMessage;
import com.google.pubsub.v1.Subscription;
import com.google.pubsub.v1.Topic;
import dev.fq.CommandTask;
import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.QueuedTask;
import dev.fq.TaskQueue;
import dev.fq.WorkerReport;
import dev.fq.spi.Capability;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What is Pub/Sub's own, in real time. One and the same for our service in this process and for
 * Google's emulator, which keeps ours honest: the first part is what fq relies on of the service,
 * the second what it makes of it.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class PubSubCases {

  private static final Duration LEASE = ofMinutes(1);

  private final String name = "q" + UUID.randomUUID().toString().substring(0, 8);
  private final QueueUrl url =
      QueueUrl.parse("pubsub://projects/lab/topics/%s/subscriptions/%s".formatted(name, name));
  private Connection service;
  private PubSubQueue queue;

  /** Where the service answers. */
  abstract String endpoint() throws Exception;

  @BeforeEach
  void open() throws Exception {
    queue = builder().create(true).open();
    service = Connection.to(PubSubAddress.of(url.with("endpoint", endpoint()), Map.of()), home());
  }

  @AfterEach
  void close() {
    queue.close();
    service.close();
  }

  private static Path home() {
    return Path.of("no-home");
  }

  private PubSubQueueBuilder builder() throws Exception {
    return builder(url);
  }

  private PubSubQueueBuilder builder(QueueUrl address) throws Exception {
    return PubSubQueue.at(address).endpoint(endpoint()).home(home()).environment(Map.of());
  }

  private String topic() {
    return "projects/lab/topics/" + name;
  }

  private String subscription() {
    return "projects/lab/subscriptions/" + name;
  }

  /** A subscription of a topic of its own, made by hand. */
  private PubSubQueue handmade(String id, UnaryOperator<Subscription.Builder> with)
      throws Exception {
    String topic = "projects/lab/topics/" + id;
    makeTopic(topic);
    Subscription subscription =
        with.apply(
                Subscription.newBuilder()
                    .setTopic(topic)
                    .setName("projects/lab/subscriptions/" + id))
            .build();
    Service.ANSWERS.of(
        service.subscriptions().createSubscriptionCallable().futureCall(subscription));
    return builder(
            QueueUrl.parse("pubsub://projects/lab/topics/%s/subscriptions/%s".formatted(id, id)))
        .open();
  }

  private void makeTopic(String topic) throws IOException {
    Service.ANSWERS.of(
        service
            .topics()
            .createTopicCallable()
            .futureCall(Topic.newBuilder().setName(topic).build()));
  }

  private void publish(ByteString data) throws IOException {
    Service.ANSWERS.of(
        service
            .topics()
            .publishCallable()
            .futureCall(
                PublishRequest.newBuilder()
                    .setTopic(topic())
                    .addMessages(PubsubMessage.newBuilder().setData(data))
                    .build()));
  }

  private List<ReceivedMessage> pull(String subscription) throws IOException {
    return Service.ANSWERS
        .of(
            service
                .subscriptions()
                .pullCallable()
                .futureCall(
                    PullRequest.newBuilder()
                        .setSubscription(subscription)
                        .setMaxMessages(10)
                        .build()))
        .getReceivedMessagesList();
  }

  private static NewTask task(String json, Duration delay) {
    try {
      return NewTask.of(Payload.ofJson(json), delay);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<NewTask> tasks(int count) {
    return IntStream.range(0, count).mapToObj(i -> task(Integer.toString(i), ZERO)).toList();
  }

  private Lease leaseOne() throws Exception {
    return leaseOne(queue, LEASE);
  }

  private static Lease leaseOne(PubSubQueue queue, Duration duration) throws Exception {
    List<Lease> leases = queue.lease(1, duration, ofSeconds(30));
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  private static Set<TaskId> leaseAll(PubSubQueue queue) throws Exception {
    Set<TaskId> leased = new HashSet<>();
    List<Lease> leases = queue.lease(500, LEASE, ofSeconds(5));
    while (!leases.isEmpty()) {
      leases.forEach(lease -> assertThat(leased.add(lease.id())).isTrue());
      leases = queue.lease(500, LEASE, ZERO);
    }
    return leased;
  }

  private static List<TaskDetail> dead(PubSubQueue queue) throws IOException {
    try (Stream<TaskDetail> dead = queue.dead()) {
      return dead.toList();
    }
  }

  // what fq relies on

  @Test
  void unknownSubscriptionIsNotFound() {
    assertThatThrownBy(() -> pull("projects/lab/subscriptions/nobody"))
        .isInstanceOf(Service.NotFoundException.class);
  }

  @Test
  void topicThatIsThereIsNotMadeAgain() {
    assertThatThrownBy(() -> makeTopic(topic())).hasCauseInstanceOf(AlreadyExistsException.class);
  }

  @Test
  void acknowledgementThatIsNoneIsRefused() {
    assertThatThrownBy(
            () ->
                Service.ANSWERS.of(
                    service
                        .subscriptions()
                        .acknowledgeCallable()
                        .futureCall(
                            AcknowledgeRequest.newBuilder()
                                .setSubscription(subscription())
                                .addAckIds("nonsense")
                                .build())))
        .hasCauseInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void deliveriesAreCountedUnderADeadLetterPolicyOnly() throws Exception {
    try (PubSubQueue plain = handmade(name + "-plain", with -> with)) {
      plain.insert(tasks(1));
      assertThat(pull("projects/lab/subscriptions/" + name + "-plain"))
          .extracting(ReceivedMessage::getDeliveryAttempt)
          .containsExactly(0);
    }
    queue.insert(tasks(1));
    assertThat(pull(subscription()))
        .extracting(ReceivedMessage::getDeliveryAttempt)
        .containsExactly(1);
  }

  @Test
  void taskComesAgainWhenItsLeaseIsOver() throws Exception {
    queue.insert(tasks(1));
    Lease first = leaseOne(queue, ofSeconds(10));

    Lease second = leaseOne();

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.attempt()).isEqualTo(2);
    assertThatThrownBy(() -> queue.complete(first)).isInstanceOf(LeaseLostException.class);
    queue.complete(second);
  }

  @Test
  void renewedLeaseLastsLonger() throws Exception {
    queue.insert(tasks(1));
    Lease lease = queue.renew(leaseOne(queue, ofSeconds(10)), ofMinutes(1));

    assertThat(queue.lease(1, LEASE, ofSeconds(14))).isEmpty();

    queue.complete(lease);
  }

  @Test
  void failedTaskComesAgainAfterAWhile() throws Exception {
    queue.insert(tasks(1));
    queue.fail(leaseOne(), "no luck", ofSeconds(5));

    assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();
    assertThat(leaseOne().attempt()).isEqualTo(2);
  }

  @Test
  void policyForwardsWhatWasDeliveredTooOften() throws Exception {
    String letters = "projects/lab/topics/" + name + "-letters";
    makeTopic(letters);
    Service.ANSWERS.of(
        service
            .subscriptions()
            .createSubscriptionCallable()
            .futureCall(
                Subscription.newBuilder()
                    .setTopic(letters)
                    .setName("projects/lab/subscriptions/" + name + "-keeper")
                    .build()));
    try (PubSubQueue strict =
        handmade(
            name + "-strict",
            with ->
                with.setDeadLetterPolicy(
                    DeadLetterPolicy.newBuilder()
                        .setDeadLetterTopic(letters)
                        .setMaxDeliveryAttempts(5)))) {
      strict.insert(tasks(1));
      for (int attempt = 1; attempt <= 5; attempt++) {
        Lease lease = leaseOne(strict, LEASE);
        assertThat(lease.attempt()).isEqualTo(attempt);
        strict.release(lease);
      }

      assertThat(strict.lease(1, LEASE, ZERO)).isEmpty();
      assertThat(dead(strict))
          .singleElement()
          .satisfies(
              detail ->
                  assertThat(detail.failures())
                      .singleElement()
                      .satisfies(failure -> assertThat(failure.reason()).contains("policy")));
      assertThat(strict.retryDead(id -> true)).isEqualTo(1);
      assertThat(leaseOne(strict, LEASE).attempt()).isEqualTo(1);
    }
  }

  @Test
  void lostLeaseIsToldWhereDeliveryIsExactlyOnce() throws Exception {
    String id = name + "-once";
    try (PubSubQueue once = handmade(id, with -> with.setEnableExactlyOnceDelivery(true));
        PubSubQueue other =
            builder(
                    QueueUrl.parse(
                        "pubsub://projects/lab/topics/%s/subscriptions/%s".formatted(id, id)))
                .open()) {
      assertThat(once.capabilities()).containsExactly(Capability.FENCING);
      assertThat(queue.capabilities()).isEmpty();
      once.insert(tasks(1));
      Lease lost = leaseOne(once, ofSeconds(10));
      Lease taken = leaseOne(other, LEASE);

      assertThatThrownBy(() -> once.renew(lost, LEASE)).isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> once.complete(lost)).isInstanceOf(LeaseLostException.class);

      other.complete(other.renew(taken, LEASE));
      assertThat(other.lease(1, LEASE, ZERO)).isEmpty();
    }
  }

  @Test
  void nativePurgeTakesWhatIsLeasedToo() throws Exception {
    try (PubSubQueue purging = builder().nativePurge(true).open()) {
      purging.insert(tasks(3));
      Lease lease = leaseOne(purging, ofSeconds(10));

      assertThat(purging.purge()).isEqualTo(OptionalLong.empty());

      assertThat(purging.lease(10, LEASE, ofSeconds(14))).isEmpty();
      assertThatThrownBy(() -> purging.complete(lease)).isInstanceOf(LeaseLostException.class);
      purging.insert(tasks(1));
      queue.complete(leaseOne());
    }
  }

  // batches and limits

  @Test
  void manyTasksAreInsertedAndLeasedOnce() throws Exception {
    List<NewTask> tasks = tasks(2_345);
    queue.insert(tasks);

    assertThat(leaseAll(queue))
        .isEqualTo(tasks.stream().map(NewTask::id).collect(Collectors.toSet()));
  }

  @Test
  void largeTasksArePackedToTheServicesByteLimit() throws Exception {
    String large = "\"" + "x".repeat(4_000_000) + "\"";
    List<NewTask> tasks = IntStream.range(0, 5).mapToObj(i -> task(large, ZERO)).toList();

    queue.insert(tasks);

    assertThat(leaseAll(queue)).hasSize(5);
  }

  @Test
  void taskOverTheLimitIsRefusedBeforeAnythingIsSent() throws Exception {
    NewTask large = task("\"" + "x".repeat(Limits.REQUEST_BYTES) + "\"", ZERO);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.insert(List.of(task("1", ZERO), large)))
        .withMessageContaining(large.id().value())
        .withMessageContaining("Pub/Sub takes at most 9,999,000");

    assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();
  }

  @Test
  void purgeDrainsWhatNobodyHolds() throws Exception {
    queue.insert(tasks(120));
    Lease held = leaseOne();

    assertThat(queue.purge()).hasValue(119);

    queue.complete(held);
    assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();
  }

  @Test
  void nothingIsToldOfFigures() {
    OptionalLong unknown = OptionalLong.empty();
    assertThat(queue.stats())
        .isEqualTo(new QueueStats(unknown, unknown, unknown, unknown, unknown, unknown));
  }

  // attempts and dead tasks

  @Test
  void attemptsAreCountedHereWhereTheServiceCountsNone() throws Exception {
    try (PubSubQueue plain = handmade(name + "-plain", with -> with)) {
      plain.insert(tasks(1));
      for (int attempt = 1; attempt <= 3; attempt++) {
        Lease lease = leaseOne(plain, LEASE);
        assertThat(lease.attempt()).isEqualTo(attempt);
        plain.fail(lease, "why", ZERO);
      }
      // What is given back has used up no attempt, as far as this process counts.
      plain.release(leaseOne(plain, LEASE));
      Lease fourth = leaseOne(plain, LEASE);
      assertThat(fourth.attempt()).isEqualTo(4);
      // But a host that cannot attempt it does, or a task that none can would never end.
      plain.release(fourth, "no such tool");
      assertThat(leaseOne(plain, LEASE).attempt()).isEqualTo(5);
    }
  }

  @Test
  void deadTaskOfAQueueWithoutAPolicyGoesWhereTheOptionSays() throws Exception {
    String id = name + "-plain";
    try (PubSubQueue plain = handmade(id, with -> with);
        PubSubQueue own =
            builder(
                    QueueUrl.parse(
                        "pubsub://projects/lab/topics/%s/subscriptions/%s".formatted(id, id)))
                .dead(name + "-graveyard")
                .open()) {
      plain.insert(tasks(2));

      own.giveUp(leaseOne(own, LEASE), "no luck");
      plain.giveUp(leaseOne(plain, LEASE), "no luck either");

      assertThat(pull("projects/lab/subscriptions/" + name + "-graveyard")).hasSize(1);
      assertThat(pull("projects/lab/subscriptions/" + id + "-dead")).hasSize(1);
    }
  }

  @Test
  void longReasonIsShortenedToWhatAnAttributeTakes() throws Exception {
    queue.insert(tasks(1));

    queue.giveUp(leaseOne(), "no luck \uD83D\uDE00".repeat(500));

    String reason = dead(queue).get(0).failures().get(0).reason();
    assertThat(reason).startsWith("no luck \uD83D\uDE00no luck").doesNotContain("?");
    assertThat(reason.getBytes(StandardCharsets.UTF_8).length).isBetween(1_000, 1_024);
  }

  @Test
  void messageThatIsNoTaskIsDead() throws Exception {
    publish(ByteString.copyFromUtf8("no JSON"));
    publish(ByteString.copyFrom(new byte[] {'"', (byte) 0xff, '"'}));
    queue.insert(tasks(1));

    assertThat(leaseAll(queue)).hasSize(1);

    assertThat(dead(queue))
        .hasSize(2)
        .allSatisfy(
            detail -> assertThat(detail.failures().get(0).reason()).startsWith("not a task"));
  }

  @Test
  void whatPythonTaskQueueSendsIsATask() throws Exception {
    publish(
        ByteString.copyFromUtf8(
            "{\"payload\": {\"txt\": \"hi\", \"class\": \"PrintTask\"}, \"queueName\": \"x\"}"));

    assertThat(leaseOne().payload().json())
        .isEqualTo("{\"txt\": \"hi\", \"class\": \"PrintTask\"}");
  }

  // opening

  @Test
  void missingQueueIsTold() throws Exception {
    QueueUrl missing = QueueUrl.parse("pubsub://projects/lab/topics/none/subscriptions/none");
    String endpoint = endpoint();

    assertThatThrownBy(() -> builder(missing).open())
        .isInstanceOf(NoQueueException.class)
        .hasMessageContainingAll(
            "pubsub://projects/lab/topics/none/subscriptions/none",
            endpoint.replace("http://", ""),
            "--create");
  }

  @Test
  void subscriptionOfAnotherTopicIsTold() {
    QueueUrl wrong = QueueUrl.parse("pubsub://projects/lab/topics/another/subscriptions/" + name);

    assertThatThrownBy(() -> builder(wrong).create(true).open())
        .isInstanceOf(NoQueueException.class)
        .hasMessageContaining("the subscription is of projects/lab/topics/" + name);
  }

  @Test
  void queueIsMadeOnceThoughAskedForAgain() throws Exception {
    queue.insert(tasks(1));

    try (PubSubQueue again = builder().create(true).open()) {
      assertThat(again.lease(10, LEASE, ofSeconds(10))).hasSize(1);
    }
  }

  // with what is above

  private String address() throws Exception {
    return url + "?endpoint=" + endpoint();
  }

  @Test
  void tasksGoFromAFileQueueToPubSubAndBackWithoutLoss(@TempDir Path directory) throws Exception {
    try (TaskQueue files = TaskQueue.open(directory.resolve("q").toString());
        TaskQueue pubsub = TaskQueue.open(address());
        TaskQueue copies = TaskQueue.open(directory.resolve("copies").toString());
        TaskQueue back = TaskQueue.open(directory.resolve("back").toString())) {
      files.insert(
          IntStream.range(0, 700)
              .mapToObj(i -> new CommandTask(List.of("echo", "task " + i), null, Map.of())));
      Set<String> before = payloads(files);

      assertThat(pubsub.copyFrom(files, InsertOptions.none())).isEqualTo(700);
      assertThat(copies.moveFrom(pubsub, InsertOptions.none())).isEqualTo(700);
      assertThat(pubsub.moveFrom(files, InsertOptions.none())).isEqualTo(700);
      assertThat(files.isEmpty()).isTrue();
      assertThat(back.moveFrom(pubsub, InsertOptions.none())).isEqualTo(700);

      assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();
      assertThat(payloads(copies)).isEqualTo(before);
      assertThat(payloads(back)).isEqualTo(before).hasSize(700);
    }
  }

  private static Set<String> payloads(TaskQueue queue) throws IOException {
    try (Stream<QueuedTask> tasks = queue.tasks()) {
      return tasks.map(task -> task.id() + " " + task.payload()).collect(Collectors.toSet());
    }
  }

  @Test
  void queueCannotTellWhetherATaskIsThereAlready() throws Exception {
    try (TaskQueue pubsub = TaskQueue.open(address())) {
      CommandTask task = new CommandTask(List.of("true"), null, Map.of());

      assertThatThrownBy(() -> pubsub.insert(task, InsertOptions.none().unique()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("cannot tell whether a task is there already");
    }
  }

  @Test
  void workerWorksOnAQueueOfPubSub() throws Exception {
    try (TaskQueue tasks = TaskQueue.open(address())) {
      tasks.insert(
          IntStream.range(0, 30).mapToObj(i -> new CommandTask(List.of("true"), null, Map.of())));
      tasks.insert(new CommandTask(List.of("false"), null, Map.of()));

      WorkerReport report =
          tasks
              .worker()
              .slots(4)
              .attempts(2)
              .retryDelay(Duration.ofMillis(1), ofSeconds(1))
              .maxTasks(32)
              .build()
              .run();

      assertThat(report.completed()).isEqualTo(30);
      assertThat(report.failed()).isEqualTo(1);
      assertThat(report.dead()).isEqualTo(1);
      assertThat(queue.purgeDead(id -> true)).isEqualTo(1);
    }
  }

  @Test
  void workerCannotBeToldToStopWhenItIsEmpty() throws Exception {
    try (TaskQueue tasks = TaskQueue.open(address())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tasks.worker().exitOnEmpty(true))
          .withMessageContaining("idle time");
      assertThatThrownBy(tasks::blockUntilEmpty).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void insertThatIsRefusedTellsWhatIsNotInTheQueue() throws Exception {
    try (TaskQueue tasks = TaskQueue.open(address())) {
      IncompleteInsertException e =
          catchThrowableOfType(
              IncompleteInsertException.class,
              () ->
                  tasks.insertPayloads(
                      List.of(Payload.ofJson("1")).iterator(),
                      InsertOptions.none().delay(ofSeconds(1))));

      assertThat(e.inserted()).isZero();
      assertThat(e).hasMessageContaining("delay: Pub/Sub takes none");
    }
  }
}
