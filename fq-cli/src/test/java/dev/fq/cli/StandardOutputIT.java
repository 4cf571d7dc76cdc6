package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a verb prints is lost in silence, and nothing is printed for nobody. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is Linux's")
class StandardOutputIT {

  @TempDir private Path directory;

  @BeforeEach
  void fill() throws Exception {
    Path dead = Files.createDirectories(directory.resolve("q/dead"));
    Files.createDirectories(directory.resolve("q/queue"));
    Files.createDirectories(directory.resolve("q/tmp"));
    Files.writeString(dead.resolve("d.json"), "{\"payload\": {}}");
    Files.writeString(directory.resolve("q/queue/0--w.json"), "{\"payload\": {}}");
  }

  private Process shell(String script, String arguments) throws Exception {
    List<String> command = FqProcess.command(arguments.split(" "));
    return new ProcessBuilder("bash", "-c", script.replace("FQ", String.join(" ", command)))
        .directory(directory.toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private String err() throws Exception {
    return Files.readString(directory.resolve("err"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list q",
        "list q --json",
        "status q",
        "status q --json",
        "status q --watch",
        "peek q w",
        "dead list q",
        "dead list q --json",
        "dead list q --by-host",
        "doctor q",
        "submit q --print-ids -- true",
        "submit q -- true",
        "submit q --dry-run -- true",
        "release q",
        "completion bash",
        "help",
        "license",
        "--version"
      })
  void fullDiskIsOneLineAndExitCodeOne(String arguments) throws Exception {
    Process fq = shell("FQ > /dev/full", arguments);

    assertThat(fq.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(fq.exitValue()).isEqualTo(ExitCode.TROUBLE);
    assertThat(err())
        .isEqualTo("fq: standard output: No space left on device; what it has is incomplete\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status q --watch", "status q --watch --json", "list q", "help"})
  void readerThatHasGoneEndsAVerbQuietly(String arguments) throws Exception {
    Process fq = shell("set -o pipefail; FQ | head -n 1", arguments);
    String out = new String(fq.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(fq.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(fq.exitValue()).isZero();
    assertThat(out).hasLineCount(1);
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"submit q --print-ids --each-line lines -- echo {}"})
  void readerThatHasGoneDoesNotStopAnInsert(String arguments) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      lines.append(i).append('\n');
    }
    Files.writeString(directory.resolve("lines"), lines);

    Process fq = shell("set -o pipefail; FQ | head -n 1", arguments);

    assertThat(fq.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(fq.exitValue()).isZero();
    assertThat(Fq.run("status", directory.resolve("q").toString(), "--json").out())
        .contains("\"inserted\":20000,\"waiting\":20001,");
  }
}
