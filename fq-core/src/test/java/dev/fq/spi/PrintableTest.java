package dev.fq.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void timeIsToldInUtcToTheSecondAndNeverLater() {
    assertThat(Printable.time(Instant.parse("2026-11-26T12:00:23Z")))
        .isEqualTo("2026-11-26T12:00:23Z");
    assertThat(Printable.time(Instant.parse("2026-11-26T12:00:23.999999999Z")))
        .isEqualTo("2026-11-26T12:00:23Z");
  }

  @Test
  void lineIsTheFirstOneWithItsControlCharactersEscaped() {
    assertThat(Printable.line("a\tb\u001b[31m\nc")).isEqualTo(Printable.text("a\tb\u001b[31m"));
    assertThat(Printable.line("a\u001bb")).doesNotContain("\u001b");
    assertThat(Printable.line("")).isEmpty();
  }
}
