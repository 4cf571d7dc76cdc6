package dev.fq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.spi.Payload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTaskTest {

  @Test
  void payloadIsTheFieldsAndThenTheClass() {
    CommandTask task = new CommandTask(List.of("echo", "a b"), "/work", Map.of("K", "V"));

    assertThat(task.payload().json())
        .isEqualTo(
            "{\"argv\":[\"echo\",\"a b\"],\"cwd\":\"/work\",\"env\":{\"K\":\"V\"},"
                + "\"class\":\"CommandTask\"}");
  }

  @Test
  void payloadIsReadBack() throws Exception {
    CommandTask task = new CommandTask(List.of("echo", "ü\"\n"), null, Map.of());

    assertThat(CommandTask.of(task.payload())).isEqualTo(task);
  }

  @Test
  void cwdAndEnvMayBeMissing() throws Exception {
    Payload payload = Payload.ofJson("{\"argv\": [\"true\"], \"class\": \"CommandTask\"}");

    assertThat(CommandTask.of(payload)).isEqualTo(new CommandTask(List.of("true"), null, Map.of()));
  }

  @Test
  void otherPayloadsAreRefusedAndSayWhatIsWrong() {
    assertRefused("{\"txt\": 1, \"class\": \"PrintTask\"}", "found \"PrintTask\"");
    assertRefused("[1, 2]", "found no class");
    assertRefused("{\"class\": \"CommandTask\"}", "expected \"argv\"");
    assertRefused("{\"argv\": [1], \"class\": \"CommandTask\"}", "in \"argv\" expected strings");
    assertRefused(
        "{\"argv\": [\"a\"], \"env\": {\"A\": 1}, \"class\": \"CommandTask\"}",
        "in \"env\" expected strings");
    assertRefused("{\"argv\": [\"a\"], \"cwd\": 1, \"class\": \"CommandTask\"}", "\"cwd\"");
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> CommandTask.of(Payload.ofJson(json)))
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void commandWithoutProgramIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CommandTask(List.of(), null, Map.of()));
  }
}
