package dev.fq.sqs;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fq.spi.NewTask;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
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
    byte[] answer = MAPPER.writeValueAsBytes(code == 200 ? batch(request) : error(code));
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(code, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
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
