package dev.fq.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PayloadTest {

  @Test
  void textIsKeptAsGivenButForTheSpaceAround() throws Exception {
    assertThat(Payload.ofJson("  {\"b\" : 1.0 }\n").json()).isEqualTo("{\"b\" : 1.0 }");
  }

  @Test
  void whatIsNoJsonIsRefusedWithLineAndColumn() {
    assertInvalid("{\"a\": }", "line 1, column 7");
    assertInvalid("{\"a\": 1", "line 1");
    assertInvalid("hello", "not JSON: Unrecognized token: was expecting (JSON String,");
    assertInvalid("[NaN]", "not JSON");
    assertInvalid("", "found nothing");
  }

  @Test
  void secondValueIsRefused() {
    assertInvalid("1 2", "found more at line 1, column 3");
  }

  @Test
  void deepNestingIsRefused() {
    assertInvalid("[".repeat(10_000) + "]".repeat(10_000), "nesting depth");
  }

  @Test
  void hugeTextIsRefused() {
    String huge = '"' + "x".repeat(Payload.MAX_LENGTH) + '"';

    assertInvalid(huge, "expected at most " + Payload.MAX_LENGTH);
  }

  private static void assertInvalid(String text, String message) {
    assertThatThrownBy(() -> Payload.ofJson(text))
        .isInstanceOf(InvalidPayloadException.class)
        .hasMessageContaining(message);
  }
}
