package dev.fq.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fq.spi.QueueUrl;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PubSubAddressTest {

  private static final String PLACE = "pubsub://projects/my-lab/topics/tiles/subscriptions/workers";
  private static final Map<String, String> EMULATOR =
      Map.of("PUBSUB_EMULATOR_HOST", "localhost:8085");

  private static PubSubAddress address(String url) {
    return PubSubAddress.of(QueueUrl.parse(url), Map.of());
  }

  @Test
  void topicAndSubscriptionAreNamedInFull() {
    PubSubAddress address = address(PLACE);

    assertThat(address.topic()).isEqualTo("projects/my-lab/topics/tiles");
    assertThat(address.subscription()).isEqualTo("projects/my-lab/subscriptions/workers");
    assertThat(address.dead()).isEqualTo("projects/my-lab/topics/tiles-dead");
    assertThat(address.endpoint()).isNull();
    assertThat(address.plaintext()).isFalse();
    assertThat(address).hasToString(PLACE);
  }

  @Test
  void optionsAreTaken() {
    PubSubAddress address = address(PLACE + "?create=true&nativePurge=true&dead=graveyard");

    assertThat(address.create()).isTrue();
    assertThat(address.nativePurge()).isTrue();
    assertThat(address.dead()).isEqualTo("projects/my-lab/topics/graveyard");
    assertThat(address).hasToString(PLACE);
  }

  @Test
  void serverIsTheSameByItsOtherNames() {
    String one = address(PLACE + "?endpoint=http://localhost:8085").server();

    assertThat(address(PLACE + "?endpoint=http://127.0.0.1:8085").server()).isEqualTo(one);
    assertThat(address(PLACE + "?endpoint=http://localhost:8086").server()).isNotEqualTo(one);
    assertThat(address(PLACE).server()).isEqualTo("google");
  }

  @Test
  void projectOfADomainIsTaken() {
    assertThat(address("pubsub://projects/lab.org:tiles/topics/top/subscriptions/sub").topic())
        .isEqualTo("projects/lab.org:tiles/topics/top");
  }

  @Test
  void endpointIsWithTlsOrWithout() {
    assertThat(address(PLACE + "?endpoint=http://localhost:8085").endpoint())
        .isEqualTo("localhost:8085");
    assertThat(address(PLACE + "?endpoint=http://localhost:8085").plaintext()).isTrue();
    assertThat(address(PLACE + "?endpoint=https://europe-west1-pubsub.googleapis.com").endpoint())
        .isEqualTo("europe-west1-pubsub.googleapis.com:443");
    assertThat(address(PLACE + "?endpoint=https://x.googleapis.com").plaintext()).isFalse();
  }

  @Test
  void emulatorOfTheEnvironmentIsUsedUnlessTheAddressNamesAnEndpoint() {
    PubSubAddress emulated = PubSubAddress.of(QueueUrl.parse(PLACE), EMULATOR);
    assertThat(emulated.endpoint()).isEqualTo("localhost:8085");
    assertThat(emulated.plaintext()).isTrue();

    PubSubAddress given =
        PubSubAddress.of(QueueUrl.parse(PLACE + "?endpoint=https://x.googleapis.com"), EMULATOR);
    assertThat(given.endpoint()).isEqualTo("x.googleapis.com:443");
    assertThat(given.plaintext()).isFalse();
  }

  @Test
  void whatIsNoAddressIsRefusedWithTheFormThatIsExpected() {
    for (String wrong :
        new String[] {
          "pubsub://tiles",
          "pubsub://projects/lab/topics/tiles",
          "pubsub://projects/lab/subscriptions/workers",
          "pubsub://projects/lab/topics/ab/subscriptions/workers",
          "pubsub://projects/lab/topics/tiles/subscriptions/9workers",
          PLACE + "/more"
        }) {
      assertThatIllegalArgumentException()
          .as(wrong)
          .isThrownBy(() -> address(wrong))
          .withMessageContaining("\"" + wrong + "\"")
          .withMessageContaining("pubsub://projects/PROJECT/topics/TOPIC/subscriptions/");
    }
  }

  @Test
  void wrongOptionsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address(PLACE + "?endpoint=localhost:8085"))
        .withMessageContaining("expected http://HOST:PORT or https://HOST")
        .withMessageContaining("\"localhost:8085\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address(PLACE + "?dead=a/b"))
        .withMessageContaining("option dead");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address(PLACE + "?region=eu"))
        .withMessageContaining("unknown option \"region\"");
  }
}
