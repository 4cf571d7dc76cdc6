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
            "{\"argv\": [\"echo\", \"a b\"], \"cwd\": \"/work\", \"env\": {\"K\": \"V\"}, "
                + "\"class\": \"CommandTask\"}");
  }

  @Test
  void payloadIsReadBack() throws Exception {
    CommandTask task = new CommandTask(List.of("echo", "ü\"\n"), null, Map.of());

    assertThat(TaskRegistry.of().task(task.payload())).isEqualTo(task);
  }

  @Test
  void cwdAndEnvMayBeMissing() throws Exception {
    Payload payload = Payload.ofJson("{\"argv\": [\"true\"], \"class\": \"CommandTask\"}");

    assertThat(TaskRegistry.of().task(payload))
        .isEqualTo(new CommandTask(List.of("true"), null, Map.of()));
  }

  @Test
  void otherPayloadsAreRefusedAndSayWhatIsWrong() {
    assertRefused("{\"class\": \"CommandTask\"}", "expected \"argv\"");
    assertRefused("{\"argv\": [], \"class\": \"CommandTask\"}", "expected \"argv\"");
    assertRefused("{\"argv\": [1], \"class\": \"CommandTask\"}", "field argv[0]");
    assertRefused(
        "{\"argv\": [\"a\"], \"env\": {\"A\": 1}, \"class\": \"CommandTask\"}", "field env.A");
    assertRefused("{\"argv\": [\"a\"], \"cwd\": 1, \"class\": \"CommandTask\"}", "field cwd");
    assertRefused("{\"argv\": [\"a\"], \"cmd\": 1, \"class\": \"CommandTask\"}", "\"cmd\"");
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> TaskRegistry.of().task(Payload.ofJson(json)))
        .isInstanceOf(UnreadableTaskException.class)
        .hasMessageContaining(message);
  }

  @Test
  void commandWithoutProgramIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CommandTask(List.of(), null, Map.of()));
  }
}
