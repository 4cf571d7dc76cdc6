package dev.fq.sqs;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service that answers what a real one answers only on a bad day. */
class TroubledServiceTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private HttpServer server;
  private SqsQueue queue;

  /** The HTTP status of the n-th request. */
  private IntUnaryOperator status = request -> 200;

  /**
   * Why an entry is not taken, by its payload and how often it came; {@code sender.} is the
   * caller's fault, and null is no fault.
   */
  private BiFunction<String, Integer, String> refusal = (payload, time) -> null;

  /** Answers to one action, in place of the usual ones. */
  private interface Answer {
    JsonNode to(JsonNode request);
  }

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger receipts = new AtomicInteger();
  private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
  private final List<String> actions = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Integer> times = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.createContext("/", this::answer);
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/000000000000/q";
    queue = SqsQueue.at(QueueUrl.parse(url)).home(Path.of("no-home")).open();
  }

  @AfterEach
  void stop() {
    queue.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = MAPPER.readTree(exchange.getRequestBody());
    String action = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    actions.add(action);
    int code = status.applyAsInt(actions.size());
    JsonNode said = code == 200 ? said(action, request) : error(code);
    if (said.has("__type")) {
      code = code == 200 ? 400 : code;
    }
    byte[] answer = MAPPER.writeValueAsBytes(said);
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(code, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private JsonNode said(String action, JsonNode request) {
    return answers.getOrDefault(action.substring(action.indexOf('.') + 1), this::batch).to(request);
  }

  private static JsonNode refused(String code) {
    return MAPPER
        .createObjectNode()
        .put("__type", "com.amazonaws.sqs#" + code)
        .put("message", "no");
  }

  /** What a receive brings: messages of these bodies, under new handles. */
  private JsonNode received(String... bodies) {
    ObjectNode answer = MAPPER.createObjectNode();
    ArrayNode messages = answer.putArray("Messages");
    for (String body : bodies) {
      String name = "r" + receipts.incrementAndGet();
      ObjectNode message = messages.addObject();
      message.put("MessageId", name).put("ReceiptHandle", name).put("Body", body);
      message.put("MD5OfBody", md5(body));
    }
    return answer;
  }

  private static String[] bodies(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"payload\": " + i + "}")
        .toArray(String[]::new);
  }

  /** Answers like this at the n-th time, and with nothing after the last. */
  private void receive(JsonNode... inOrder) {
    AtomicInteger asked = new AtomicInteger();
    answers.put(
        "ReceiveMessage",
        request -> {
          int time = asked.getAndIncrement();
          return time < inOrder.length ? inOrder[time] : received();
        });
  }

  private static JsonNode error(int status) {
    String type = status == 400 ? "InvalidMessageContents" : "ServiceUnavailable";
    return MAPPER
        .createObjectNode()
        .put("__type", "com.amazonaws.sqs#" + type)
        .put("message", "no");
  }

  private JsonNode batch(JsonNode request) {
    ObjectNode answer = MAPPER.createObjectNode();
    ArrayNode successful = answer.putArray("Successful");
    ArrayNode failed = answer.putArray("Failed");
    for (JsonNode entry : request.path("Entries")) {
      String body = entry.path("MessageBody").asText();
      String payload = payload(body);
      String why = refusal.apply(payload, times.merge(payload, 1, Integer::sum));
      if (why == null) {
        taken.add(payload);
        successful
            .addObject()
            .put("Id", entry.path("Id").asText())
            .put("MessageId", "m" + taken.size())
            .put("MD5OfMessageBody", md5(body));
      } else {
        failed
            .addObject()
            .put("Id", entry.path("Id").asText())
            .put("SenderFault", why.startsWith("sender."))
            .put("Code", why)
            .put("Message", "not today");
      }
    }
    return answer;
  }

  private static String payload(String body) {
    try {
      return MAPPER.readTree(body).path("payload").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String md5(String body) {
    try {
      byte[] sum = MessageDigest.getInstance("MD5").digest(body.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static List<NewTask> tasks(int count) {
    return IntStream.range(0, count).mapToObj(TroubledServiceTest::task).toList();
  }

  private static NewTask task(int number) {
    try {
      return NewTask.of(Payload.ofJson(Integer.toString(number)), ZERO);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> range(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  @Test
  void entriesThatTheServiceRefusedByItsOwnFaultAreSentAgainAndNoOthers() throws Exception {
    refusal = (body, time) -> body.endsWith("3") && time < 3 ? "InternalError" : null;

    queue.insert(tasks(40));

    assertThat(taken).containsExactlyInAnyOrderElementsOf(range(40));
    assertThat(times.get("13")).isEqualTo(3);
    assertThat(times.get("14")).isEqualTo(1);
  }

  @Test
  void entriesThatAreTheCallersFaultAreReportedAndNotSentAgain() {
    refusal =
        (body, time) ->
            body.equals("7") || body.equals("21") ? "sender.InvalidMessageContents" : null;

    PartialInsertException e =
        catchThrowableOfType(PartialInsertException.class, () -> queue.insert(tasks(30)));

    assertThat(e.inserted()).isEqualTo(28);
    assertThat(e.missing().stream()).containsExactly(7, 21);
    assertThat(e).hasMessageContaining("InvalidMessageContents: not today");
    assertThat(taken).hasSize(28);
    assertThat(times.get("7")).isEqualTo(1);
  }

  // What is leased reaches its worker.

  @Test
  void unreadableMessageThatCannotBePutAmongTheDeadHidesNoOther() throws Exception {
    String[] bodies = bodies(10);
    bodies[4] = "no JSON";
    receive(received(bodies));
    answers.put("GetQueueAttributes", request -> MAPPER.createObjectNode());
    answers.put("GetQueueUrl", request -> refused("QueueDoesNotExist"));
    answers.put("CreateQueue", request -> refused("AccessDenied"));

    List<Lease> leases = queue.lease(10, ofSeconds(30), ZERO);

    assertThat(leases).hasSize(9);
    assertThat(queue.completeEach(leases)).isEmpty();
  }

  @Test
  void receiveThatFailsAfterAnotherLosesNothingOfThat() throws Exception {
    receive(received(bodies(10)), refused("OverLimit"), refused("OverLimit"));

    List<Lease> leases = queue.lease(30, ofSeconds(30), ZERO);

    assertThat(leases).hasSize(10);
    assertThat(queue.completeEach(leases)).isEmpty();
  }

  @Test
  void receiveThatFailsBesideAnotherLosesNothingOfThat() throws Exception {
    receive(received(bodies(10)), refused("OverLimit"), received(bodies(10)));

    assertThat(queue.lease(30, ofSeconds(30), ZERO)).hasSize(20);
  }

  @Test
  void whatAnInterruptedReceiveBringsIsGivenBack() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    answers.put(
        "ReceiveMessage",
        request -> {
          asked.countDown();
          try {
            answered.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return received(bodies(3));
        });
    CompletableFuture<Integer> givenBack = new CompletableFuture<>();
    answers.put(
        "ChangeMessageVisibilityBatch",
        request -> {
          givenBack.complete(request.path("Entries").size());
          return batch(request);
        });

    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread leasing =
        new Thread(
            () -> thrown.complete(catchThrowable(() -> queue.lease(10, ofSeconds(30), ZERO))));
    leasing.start();
    asked.await();
    leasing.interrupt();
    assertThat(thrown.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    answered.countDown();

    await().untilAsserted(() -> assertThat(givenBack).isCompletedWithValue(3));
  }

  @Test
  void whoMayNotReceiveIsToldSo() {
    receive(refused("AccessDenied"));

    assertThatThrownBy(() -> queue.lease(1, ofSeconds(30), ZERO))
        .isInstanceOf(QueueDeniedException.class)
        .hasMessageContaining("SQS answers AccessDenied");
  }

  @Test
  void throttledRequestsAreSentAgain() throws Exception {
    status = request -> request % 3 == 1 ? 503 : request % 3 == 2 ? 429 : 200;

    queue.insert(tasks(20));

    assertThat(taken).containsExactlyInAnyOrderElementsOf(range(20));
  }

  @Test
  void requestThatIsTheCallersFaultIsNotSentAgain() {
    status = request -> 400;

    assertThatThrownBy(() -> queue.insert(tasks(10)))
        .isInstanceOf(PartialInsertException.class)
        .hasMessageContaining("0 of 10 tasks were inserted")
        .hasMessageContaining("InvalidMessageContents");
    assertThatThrownBy(() -> queue.lease(1, ofSeconds(30), ZERO)).isInstanceOf(IOException.class);

    assertThat(actions).hasSize(2);
  }
}
