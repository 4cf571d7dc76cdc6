package dev.fq.sqs;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fq.CommandTask;
import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.QueuedTask;
import dev.fq.TaskQueue;
import dev.fq.WorkerReport;
import dev.fq.spi.Capability;
import dev.fq.spi.Gate;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What is SQS's own, against a real server in real time. */
class SqsQueueTest {

  private static final Duration LEASE = ofMinutes(1);
  private static final AtomicInteger QUEUES = new AtomicInteger();
  private static LocalServer server;

  private final String name = "q" + QUEUES.incrementAndGet();
  private SqsQueue queue;

  @BeforeAll
  static void start() {
    server = new LocalServer(Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    queue = server.queue(name).open();
  }

  @AfterEach
  void close() {
    queue.close();
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

  private static Set<TaskId> ids(List<NewTask> tasks) {
    Set<TaskId> ids = new HashSet<>();
    tasks.forEach(task -> ids.add(task.id()));
    return ids;
  }

  private Lease leaseOne() throws Exception {
    return leaseOne(queue, LEASE);
  }

  private static Lease leaseOne(SqsQueue queue, Duration duration) throws Exception {
    List<Lease> leases = queue.lease(1, duration, ofSeconds(20));
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  private SqsAsyncClient client() {
    return Connection.to(
            SqsAddress.of(QueueUrl.parse("sqs://x").with("endpoint", server.endpoint())),
            new SqsCredentials(AnonymousCredentialsProvider.create(), null),
            "us-east-1")
        .client();
  }

  private String urlOf(String queueName) {
    return client().getQueueUrl(request -> request.queueName(queueName)).join().queueUrl();
  }

  // time

  @Test
  void delayedTaskIsLeasedWhenItsDelayIsOver() throws Exception {
    Instant start = Instant.now();
    queue.insert(List.of(task("1", ofSeconds(1))));

    assertThat(queue.stats().delayed()).hasValue(1);
    leaseOne();

    assertThat(Duration.between(start, Instant.now())).isBetween(ofSeconds(1), ofSeconds(20));
  }

  @Test
  void statsAreWhatTheServiceEstimates() throws Exception {
    queue.insert(tasks(2));
    queue.giveUp(leaseOne(), "no luck");
    leaseOne();
    queue.insert(List.of(task("3", ofMinutes(1)), task("4", ZERO), task("5", ZERO)));

    QueueStats stats = queue.stats();

    assertThat(stats.waiting()).hasValue(2);
    assertThat(stats.delayed()).hasValue(1);
    assertThat(stats.leased()).hasValue(1);
    assertThat(stats.dead()).hasValue(1);
    assertThat(stats.inserted()).isEmpty();
    assertThat(stats.completed()).isEmpty();
    assertThat(queue.capabilities()).containsOnly(Capability.SIZE, Capability.DELAY);
  }

  @Test
  void expiredLeaseIsLeasedByAnotherProcessAndLostToItsHolder() throws Exception {
    queue.insert(tasks(1));
    Lease lost = leaseOne(queue, ofSeconds(1));
    try (SqsQueue other = server.queue(name).open()) {
      Lease taken = leaseOne(other, LEASE);

      assertThat(taken.attempt()).isEqualTo(2);
      assertThatThrownBy(() -> queue.renew(lost, LEASE)).isInstanceOf(LeaseLostException.class);
      other.complete(taken);
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  // batches

  @Test
  void manyTasksAreInsertedAndLeasedOnce() throws Exception {
    List<NewTask> tasks = tasks(1234);
    queue.insert(tasks);

    Set<TaskId> leased = new HashSet<>();
    List<Lease> leases = queue.lease(500, LEASE, ZERO);
    while (!leases.isEmpty()) {
      leases.forEach(lease -> assertThat(leased.add(lease.id())).isTrue());
      leases = queue.lease(500, LEASE, ZERO);
    }

    assertThat(leased).isEqualTo(ids(tasks));
  }

  @Test
  void batchesArePackedToTheServicesByteLimit() throws Exception {
    String half = "\"" + "x".repeat(Limits.BYTES / 2) + "\"";
    List<NewTask> tasks =
        List.of(task(half, ZERO), task(half, ZERO), task("1", ZERO), task(half, ZERO));

    queue.insert(tasks);

    assertThat(queue.stats().waiting()).hasValue(4);
  }

  @Test
  void taskOverTheLimitIsRefusedBeforeAnythingIsSent() throws Exception {
    NewTask large = task("\"" + "x".repeat(Limits.BYTES) + "\"", ZERO);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.insert(List.of(task("1", ZERO), large)))
        .withMessageContaining(large.id().value())
        .withMessageContaining("SQS takes at most 1,048,576");

    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void timesThatTheServiceDoesNotTakeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.insert(List.of(task("1", ofMinutes(16)))))
        .withMessageContaining("at most 15 minutes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.lease(1, ofHours(13), ZERO))
        .withMessageContaining("at most 12 hours");
  }

  @Test
  void purgeDrainsWhatNobodyHolds() throws Exception {
    queue.insert(tasks(120));
    leaseOne();

    assertThat(queue.purge()).hasValue(119);

    assertThat(queue.stats().enqueued()).hasValue(1);
  }

  // dead letters

  @Test
  void deadTasksGoToTheQueueOfTheRedrivePolicy() throws Exception {
    try (SqsQueue letters = server.queue(name + "-letters").open()) {
      client()
          .setQueueAttributes(
              request ->
                  request
                      .queueUrl(urlOf(name))
                      .attributes(
                          Map.of(
                              QueueAttributeName.REDRIVE_POLICY,
                              "{\"deadLetterTargetArn\": \"arn:aws:sqs:elasticmq:000000000000:"
                                  + name
                                  + "-letters\", \"maxReceiveCount\": \"5\"}")))
          .join();
      queue.insert(tasks(1));

      queue.giveUp(leaseOne(), "no luck");

      assertThat(queue.stats().dead()).hasValue(1);
      assertThat(queue.isEmpty()).isTrue();
      assertThat(leaseOne(letters, LEASE).payload()).isEqualTo(Payload.ofJson("0"));
    }
  }

  @Test
  void deadTasksGoToTheQueueThatTheOptionNames() throws Exception {
    try (SqsQueue own = server.queue(name).dead(name + "-graveyard").open();
        SqsQueue graveyard = server.queue(name + "-graveyard").open()) {
      own.insert(tasks(1));

      own.giveUp(leaseOne(own, LEASE), "no luck");

      assertThat(graveyard.stats().waiting()).hasValue(1);
    }
  }

  @Test
  void queueForDeadTasksIsMadeWhenItIsNeeded() throws Exception {
    assertThat(queue.stats().dead()).hasValue(0);
    queue.insert(tasks(1));
    TaskId id = leaseOne().id();
    queue.purge();
    List<NewTask> more = tasks(1);
    queue.insert(more);

    queue.giveUp(leaseOne(), "no luck");

    try (SqsQueue dead = server.queue(name + "-dead").create(false).open()) {
      assertThat(leaseOne(dead, LEASE).id()).isEqualTo(more.get(0).id()).isNotEqualTo(id);
    }
  }

  @Test
  void messageThatIsNoTaskGoesToTheDeadOnes() throws Exception {
    client().sendMessage(request -> request.queueUrl(urlOf(name)).messageBody("no JSON")).join();
    queue.insert(tasks(1));

    List<Lease> leases = new ArrayList<>(queue.lease(10, LEASE, ZERO));
    leases.addAll(queue.lease(10, LEASE, ZERO));

    assertThat(leases).hasSize(1);
    assertThat(queue.stats().dead()).hasValue(1);
  }

  // other forms

  @Test
  void whatPythonTaskQueueSendsIsATask() throws Exception {
    client()
        .sendMessage(
            request ->
                request
                    .queueUrl(urlOf(name))
                    .messageBody(
                        "{\"payload\": {\"txt\": \"hi\", \"class\": \"PrintTask\"}, \"queueName\":"
                            + " \"tiles\"}"))
        .join();

    Lease lease = leaseOne();

    assertThat(lease.payload().json()).isEqualTo("{\"txt\": \"hi\", \"class\": \"PrintTask\"}");
    queue.complete(lease);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void fifoQueueKeepsTheOrderOfItsGroupAndDropsWhatComesTwice() throws Exception {
    try (SqsQueue fifo = server.queue(name + ".fifo").group("one").open()) {
      List<NewTask> tasks = tasks(25);
      fifo.insert(tasks);
      fifo.insert(tasks.subList(0, 5));

      List<String> order = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        Lease lease = leaseOne(fifo, LEASE);
        order.add(lease.payload().json());
        fifo.complete(lease);
      }

      assertThat(order)
          .containsExactlyElementsOf(tasks.stream().map(t -> t.payload().json()).toList());
      assertThat(fifo.isEmpty()).isTrue();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> fifo.insert(List.of(task("1", ofSeconds(1)))))
          .withMessageContaining("FIFO");
    }
  }

  @Test
  void taskOfAFifoQueueMayDieAndBeRetriedAgainAndAgain() throws Exception {
    try (SqsQueue fifo = server.queue(name + ".fifo").open()) {
      List<NewTask> tasks = tasks(1);
      fifo.insert(tasks);

      for (int i = 0; i < 3; i++) {
        fifo.giveUp(leaseOne(fifo, LEASE), "no luck");
        assertThat(fifo.stats().dead()).hasValue(1);
        assertThat(fifo.retryDead(id -> true)).isEqualTo(1);
      }

      assertThat(leaseOne(fifo, LEASE).id()).isEqualTo(tasks.get(0).id());
    }
  }

  @Test
  void queueIsTheSameByItsUrlAndOnItsServersOtherNames() throws Exception {
    String port = server.endpoint().replaceFirst(".*:", "");
    try (SqsQueue byUrl =
            SqsQueue.at(QueueUrl.parse("http://localhost:" + port + "/000000000000/" + name))
                .home(Path.of("no-home"))
                .open();
        SqsQueue other = server.queue(name + "-other").open()) {
      assertThat(queue.isSameAs(byUrl)).isTrue();
      assertThat(byUrl.isSameAs(queue)).isTrue();
      assertThat(queue.isSameAs(other)).isFalse();
    }
  }

  @Test
  void tasksGoFromAFileQueueToSqsAndBackWithoutLoss(@TempDir Path directory) throws Exception {
    try (TaskQueue files = TaskQueue.open(directory.resolve("q").toString());
        TaskQueue sqs = TaskQueue.open("sqs://" + name + "?endpoint=" + server.endpoint());
        TaskQueue back = TaskQueue.open(directory.resolve("back").toString())) {
      files.insert(
          IntStream.range(0, 700)
              .mapToObj(i -> new CommandTask(List.of("echo", "task " + i), null, Map.of())));
      Set<String> before = payloads(files);

      assertThat(sqs.moveFrom(files, InsertOptions.none())).isEqualTo(700);
      assertThat(files.isEmpty()).isTrue();
      assertThat(back.moveFrom(sqs, InsertOptions.none())).isEqualTo(700);

      assertThat(sqs.isEmpty()).isTrue();
      assertThat(payloads(back)).isEqualTo(before).hasSize(700);
    }
  }

  private static Set<String> payloads(TaskQueue queue) throws IOException {
    try (Stream<QueuedTask> tasks = queue.tasks()) {
      return tasks
          .map(task -> task.id() + " " + task.payload())
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  @Test
  void tasksOfAFifoQueueAreWorkedOnAtOnceUnlessTheyHaveOneGroup() throws Exception {
    try (SqsQueue fifo = server.queue(name + ".fifo").open()) {
      fifo.insert(tasks(5));

      assertThat(fifo.lease(5, LEASE, ZERO)).hasSize(5);
    }
  }

  // opening

  @Test
  void missingQueueIsToldWithRegionAndEndpoint() {
    assertThatThrownBy(() -> server.queue("no-such-queue").create(false).region("eu-west-3").open())
        .isInstanceOf(NoQueueException.class)
        .hasMessageContainingAll(
            "sqs://no-such-queue", "region eu-west-3", server.endpoint(), "--create");
  }

  @Test
  void queueIsOpenedByItsUrl() throws Exception {
    queue.insert(tasks(1));

    try (SqsQueue same =
        SqsQueue.at(QueueUrl.parse(urlOf(name).replace("localhost", "127.0.0.1"))).open()) {
      assertThat(leaseOne(same, LEASE).payload()).isEqualTo(Payload.ofJson("0"));
    }
  }

  @Test
  void serverThatIsNotThereIsToldInOneLine() {
    assertThatThrownBy(() -> SqsQueue.named("q").endpoint("http://127.0.0.1:1").open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("sqs://q")
        .hasMessageContaining("(http://127.0.0.1:1)")
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }

  // with what is above

  @Test
  void workerWorksOnAQueueOfSqs() throws Exception {
    // The server's figures are not late.
    String url = "sqs://" + name + "?emptyAfter=1&endpoint=" + server.endpoint();
    try (TaskQueue tasks = TaskQueue.open(url)) {
      tasks.insert(
          IntStream.range(0, 30).mapToObj(i -> new CommandTask(List.of("true"), null, Map.of())));
      tasks.insert(new CommandTask(List.of("false"), null, Map.of()));

      WorkerReport report = tasks.worker().slots(4).attempts(1).exitOnEmpty(true).build().run();

      assertThat(report.completed()).isEqualTo(30);
      assertThat(report.dead()).isEqualTo(1);
      assertThat(tasks.stats().dead()).hasValue(1);
    }
  }

  @Test
  void fileQueueWaitsForAQueueOfTheService(@TempDir Path directory) throws Exception {
    // The server's figures are not late.
    String url = "sqs://" + name + "?emptyAfter=1&endpoint=" + server.endpoint();
    try (TaskQueue files = TaskQueue.open(directory.resolve("q").toString())) {
      files.insert(new CommandTask(List.of("true"), null, Map.of()));
      queue.insert(tasks(1));

      files.backend().closeGate(new Gate(List.of(QueueUrl.parse(url)), false));

      assertThat(files.lease(LEASE)).isEmpty();
      assertThat(files.backend().gateWaitsFor())
          .singleElement()
          .asString()
          .endsWith(": 1 waiting, 0 delayed, 0 leased");
      queue.complete(leaseOne());
      assertThat(files.lease(1, LEASE, ofMinutes(1))).hasSize(1);
    }
  }

  @Test
  void uniqueTaskGoesIntoAFifoQueueOnceAndIsRefusedByAStandardQueue() throws Exception {
    CommandTask task = new CommandTask(List.of("true"), null, Map.of());
    InsertOptions unique = InsertOptions.none().unique();
    try (TaskQueue tasks = TaskQueue.open("sqs://" + name + "?endpoint=" + server.endpoint())) {
      assertThatThrownBy(() -> tasks.insert(task, unique))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("cannot tell whether a task is there already");
    }
    try (SqsQueue fifo = server.queue(name + ".fifo").open();
        TaskQueue tasks = TaskQueue.open("sqs://" + name + ".fifo?endpoint=" + server.endpoint())) {
      // The service does not say that it has dropped the second.
      assertThat(tasks.insert(task, unique)).isEqualTo(1);
      assertThat(tasks.insert(task, unique)).isEqualTo(1);

      assertThat(leaseOne(fifo, LEASE).payload()).isEqualTo(task.payload());
      assertThat(fifo.lease(1, LEASE, ZERO)).isEmpty();
    }
  }

  @Test
  void insertThatIsRefusedTellsWhatIsNotInTheQueue() throws Exception {
    try (TaskQueue tasks = TaskQueue.open("sqs://" + name + "?endpoint=" + server.endpoint())) {
      IncompleteInsertException e =
          catchThrowableOfType(
              IncompleteInsertException.class,
              () ->
                  tasks.insertPayloads(
                      List.of(Payload.ofJson("1")).iterator(),
                      InsertOptions.none().delay(ofHours(1))));

      assertThat(e.inserted()).isZero();
      assertThat(e).hasMessageContaining("at most 15 minutes");
    }
  }
}
