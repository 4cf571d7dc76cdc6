package dev.fq.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fq.spi.QueueUrl;
import java.net.URI;
import org.junit.jupiter.api.Test;

class SqsAddressTest {

  private static SqsAddress of(String text) {
    return SqsAddress.of(QueueUrl.parse(text));
  }

  @Test
  void nameAloneLeavesTheRestToTheSdk() {
    SqsAddress address = of("sqs://tiles");

    assertThat(address.name()).isEqualTo("tiles");
    assertThat(address.url()).isNull();
    assertThat(address.region()).isNull();
    assertThat(address.endpoint()).isNull();
    assertThat(address.create()).isFalse();
    assertThat(address.deadName()).isEqualTo("tiles-dead");
    assertThat(address).hasToString("sqs://tiles");
  }

  @Test
  void optionsAreTaken() {
    SqsAddress address =
        of(
            "sqs://tiles.fifo?region=eu-west-1&endpoint=http://localhost:9324&create=true"
                + "&dead=grave&group=g&nativePurge=true&emptyAfter=90");

    assertThat(address.region()).isEqualTo("eu-west-1");
    assertThat(address.endpoint()).isEqualTo(URI.create("http://localhost:9324"));
    assertThat(address.isPlainHttp()).isTrue();
    assertThat(address.create()).isTrue();
    assertThat(address.deadName()).isEqualTo("grave");
    assertThat(address.group()).isEqualTo("g");
    assertThat(address.nativePurge()).isTrue();
    assertThat(address.emptyAfter()).hasSeconds(90);
    assertThat(of("sqs://tiles").emptyAfter()).hasSeconds(75);
    assertThat(address.isFifo()).isTrue();
    assertThat(of("sqs://tiles.fifo").deadName()).isEqualTo("tiles-dead.fifo");
  }

  @Test
  void regionIsTheUrls() {
    SqsAddress address = of("https://sqs.ap-southeast-2.amazonaws.com/123456789012/tiles");

    assertThat(address.name()).isEqualTo("tiles");
    assertThat(address.region()).isEqualTo("ap-southeast-2");
    assertThat(address.endpoint()).isNull();
    assertThat(address.url())
        .isEqualTo("https://sqs.ap-southeast-2.amazonaws.com/123456789012/tiles");
  }

  @Test
  void urlOfAnotherServerIsItsEndpoint() {
    SqsAddress address = of("http://localhost:9324/000000000000/tiles");

    assertThat(address.name()).isEqualTo("tiles");
    assertThat(address.endpoint()).isEqualTo(URI.create("http://localhost:9324"));
    assertThat(of("http://localhost:9324/tiles").name()).isEqualTo("tiles");
  }

  @Test
  void addressesThatAreNoneAreRefused() {
    for (String bad :
        new String[] {
          "sqs://a b",
          "sqs://" + "x".repeat(81),
          "sqs://tiles?colour=red",
          "sqs://tiles?create=perhaps",
          "sqs://tiles?emptyAfter=soon",
          "sqs://tiles?endpoint=localhost",
          "https://sqs.eu-west-1.amazonaws.com",
          "http://localhost/a/b/c"
        }) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> of(bad));
    }
  }
}
