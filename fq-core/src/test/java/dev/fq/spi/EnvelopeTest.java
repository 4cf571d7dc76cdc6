package dev.fq.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

  @Test
  void bodyIsWhatPythonTaskQueueWrites() throws Exception {
    NewTask task =
        new NewTask(
            new TaskId("2ddd0efc-f6a0-490a-9d91-1642d9970f3e"),
            Payload.ofJson("{\"txt\": \"hello world\", \"class\": \"PrintTask\"}"),
            Duration.ZERO);

    assertThat(Envelope.of(task, "/data/queue"))
        .isEqualTo(
            "{\"payload\": {\"txt\": \"hello world\", \"class\": \"PrintTask\"}, \"queueName\":"
                + " \"/data/queue\", \"id\": \"2ddd0efc-f6a0-490a-9d91-1642d9970f3e\"}");
  }

  @Test
  void queueNameIsQuoted() throws Exception {
    NewTask task = NewTask.of(Payload.ofJson("1"), Duration.ZERO);

    String body = Envelope.of(task, "/data/\"q\"\\n");

    assertThat(Envelope.payload(body).json()).isEqualTo("1");
    assertThat(body).contains("/data/\\\"q\\\"\\\\n");
  }

  @Test
  void payloadIsFoundWhereverItStands() throws Exception {
    assertThat(Envelope.payload("{\"id\":\"x\",\"more\":[{\"payload\":0}],\"payload\":-1.50}"))
        .hasToString("-1.50");
    assertThat(Envelope.payload(" { \"payload\" : \"a\\\"b\" } \n")).hasToString("\"a\\\"b\"");
    assertThat(Envelope.payload("{\"payload\":[1, {\"a\" : 2}],\"id\":\"x\"}"))
        .hasToString("[1, {\"a\" : 2}]");
    assertThat(Envelope.payload("{\"payload\":true}")).hasToString("true");
  }

  @Test
  void whatIsNoEnvelopeIsRefused() {
    assertInvalid("", "expected a JSON object");
    assertInvalid("[1]", "expected a JSON object");
    assertInvalid("{\"id\":\"x\"}", "found none");
    assertInvalid("{\"payload\":1,\"payload\":2}", "found two");
    assertInvalid("{\"payload\":1", "not JSON");
    assertInvalid("{\"payload\":{\"a\":\"b", "not JSON");
    assertInvalid("{\"payload\":1} {", "found more");
  }

  private static void assertInvalid(String body, String message) {
    assertThatThrownBy(() -> Envelope.payload(body))
        .isInstanceOf(InvalidPayloadException.class)
        .hasMessageContaining(message);
  }

  @Test
  void idIsReadWhenItIsOne() {
    assertThat(Envelope.id("{\"payload\": {\"id\": \"b\"}, \"id\": \"a-1\"}"))
        .contains(new TaskId("a-1"));
    assertThat(Envelope.id("{\"payload\": {\"id\": \"b\"}}")).isEmpty();
    assertThat(Envelope.id("{\"id\": -1}")).isEmpty();
    assertThat(Envelope.id("{\"id\": \"a/b\"}")).isEmpty();
    assertThat(Envelope.id("no JSON")).isEmpty();
  }
}
