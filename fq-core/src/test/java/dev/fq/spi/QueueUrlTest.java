package dev.fq.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueueUrlTest {

  @Test
  void textHasTheOptionsAndIsReadAsTheSame() {
    for (String text :
        List.of("sqs://q?emptyAfter=1&endpoint=http://localhost:9324", "sqs://q", "fq:///a%25b")) {
      assertThat(QueueUrl.parse(text).text()).isEqualTo(text);
    }
    assertThat(QueueUrl.parse("sqs://q?b=2&a=1").text()).isEqualTo("sqs://q?a=1&b=2");
  }

  @Test
  void barePathIsAFileQueueWhateverItsCharacters() {
    QueueUrl url = QueueUrl.parse("./what? a=b/q");

    assertThat(url.scheme()).isEqualTo("fq");
    assertThat(url.place()).isEqualTo("./what? a=b/q");
    assertThat(url.options()).isEmpty();
  }

  @Test
  void schemePlaceAndOptionsAreTold() {
    QueueUrl url = QueueUrl.parse("sqs://tiles?region=eu-west-1&endpoint=http://localhost:9324");

    assertThat(url.scheme()).isEqualTo("sqs");
    assertThat(url.place()).isEqualTo("tiles");
    assertThat(url.options())
        .containsEntry("region", "eu-west-1")
        .containsEntry("endpoint", "http://localhost:9324");
    assertThat(url).hasToString("sqs://tiles");
  }

  @Test
  void absoluteAndRelativePathsAreKept() {
    assertThat(QueueUrl.parse("fq:///data/q").place()).isEqualTo("/data/q");
    assertThat(QueueUrl.parse("fq://./q").place()).isEqualTo("./q");
  }

  @Test
  void missingPlaceIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> QueueUrl.parse("fq://"));
    assertThatIllegalArgumentException().isThrownBy(() -> QueueUrl.parse("://x"));
    assertThatIllegalArgumentException().isThrownBy(() -> QueueUrl.parse(""));
  }

  @Test
  void optionWithoutValueIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QueueUrl.parse("fq://./q?durable"))
        .withMessageContaining("durable");
  }

  @Test
  void flagIsTrueOrFalseAndNothingElse() {
    assertThat(QueueUrl.parse("fq://./q?durable=true").flag("durable")).isTrue();
    assertThat(QueueUrl.parse("fq://./q").flag("durable")).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QueueUrl.parse("fq://./q?durable=yes").flag("durable"))
        .withMessageContaining("expected true or false, found \"yes\"");
  }
}
