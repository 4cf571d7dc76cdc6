package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues that wait for others, at the command line. */
class GateVerbTest {

  @TempDir private Path directory;
  private String first;
  private String second;

  @BeforeEach
  void makeQueues() {
    first = directory.resolve("first").toString();
    second = directory.resolve("second").toString();
    assertThat(Fq.run("submit", first, "--", "true").code()).isZero();
  }

  private String reason() {
    return "after fq://" + first + ": 1 waiting, 0 delayed, 0 leased\n";
  }

  @Test
  void gateIsClosedBeforeTheFirstTaskComesAndShown() {
    assertThat(Fq.run("gate", second, "--after", first))
        .isEqualTo(new Fq(ExitCode.DONE, "gate closed\n  " + reason(), ""));

    assertThat(Fq.run("gate", second).out()).isEqualTo("gate closed\n  " + reason());
    assertThat(directory.resolve("second/gate")).hasContent("after ../first");
    assertThat(Fq.run("status", second).out()).endsWith("Gate       " + reason());
    assertThat(Fq.run("status", second, "--json").out())
        .endsWith(
            ",\"gate\":[\"fq://" + first + ": 1 waiting, 0 delayed, 0 leased\"],\"limit\":null}\n");
    assertThat(Fq.run("doctor", second).out()).doesNotContain("gate");
  }

  @Test
  void waitIsForTheGateToo() {
    Fq.run("gate", second, "--after", first);

    assertThat(Fq.run("wait", second, "--timeout", "0s").code()).isEqualTo(ExitCode.LIMIT);
  }

  @Test
  void gateIsOpenedByCommandAndByRemoval() throws Exception {
    Fq.run("gate", second, "--after", first, "--even-if-dead");
    assertThat(Fq.run("gate", second).out()).startsWith("gate closed, even if dead\n");

    assertThat(Fq.run("gate", second, "--open").out()).isEqualTo("gate open\n");

    Fq.run("gate", second, "--after", first);
    Files.delete(directory.resolve("second/gate"));
    assertThat(Fq.run("gate", second).out()).isEqualTo("gate open\n");
  }

  @Test
  void whatCannotBeIsRefused() {
    Fq.run("gate", second, "--after", first);

    assertThat(Fq.run("gate", first, "--after", second).err())
        .isEqualTo(
            "fq: gate: fq://%s waits for fq://%s already; two queues cannot wait for each other\n"
                .formatted(second, first));
    assertThat(Fq.run("gate", first, "--after", directory + "/none").err())
        .contains("no queue here");
    Fq.run("gate", directory + "/new", "--after", directory + "/none");
    assertThat(directory.resolve("new")).as("made for nothing").doesNotExist();
    assertThat(Fq.run("gate", first, "--even-if-dead").code()).isEqualTo(ExitCode.USAGE);
    assertThat(Fq.run("gate", first, "--open", "--after", second).err()).contains("found both");
    assertThat(Fq.run("gate", directory + "/none").err()).contains("no queue here");
  }
}
