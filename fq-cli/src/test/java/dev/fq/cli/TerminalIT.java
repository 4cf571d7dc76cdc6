package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What one who sits before a terminal sees. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the tasks are commands of a Unix shell")
class TerminalIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String CTRL_C = "\u0003";

  /** ECMA-48, 8.3.39. */
  private static final String ERASE_ALL = "\u001B[2J";

  @TempDir private Path directory;

  @BeforeEach
  void insertTwoTasks() throws Exception {
    Files.writeString(directory.resolve("lines"), "a\nb\n");
    FqProcess.run(
        directory, "submit", "submit", "q", "--each-line", "lines", "--", "test", "-n", "{}");
  }

  private void work(String... stops) throws Exception {
    String[] work =
        Stream.concat(Stream.of("work", "q", "--exit-on-empty"), Stream.of(stops))
            .toArray(String[]::new);
    assertThat(FqProcess.run(directory, "work", work).exitCode()).isZero();
  }

  private static void awaitScreen(TerminalFq fq, String... texts) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(fq.screen()).contains(texts));
  }

  @Test
  void watchedStatusIsDrawnAgainInItsPlaceUntilCtrlC() throws Exception {
    try (TerminalFq fq = TerminalFq.start(directory, "status", "q", "--watch")) {
      awaitScreen(fq, "Enqueued   2 (100.0 % left)", "[" + "-".repeat(50) + "] 0.0 %");
      work();
      awaitScreen(fq, "Completed  2", "[" + "#".repeat(50) + "] 100.0 %");

      assertThat(fq.screen()).startsWith("Queue ").containsOnlyOnce("Queue ");
      fq.type(CTRL_C);
      assertThat(fq.exitCode()).isEqualTo(128 + 2);
    }
  }

  @Test
  void watchedStatusFitsTheTerminalAndFollowsItsSize() throws Exception {
    String queue = Files.createDirectory(directory.resolve("d".repeat(60))).resolve("q").toString();
    FqProcess.run(directory, "insert", "submit", queue, "--", "true").exitCode();
    try (TerminalFq fq =
        TerminalFq.start(directory, Map.of(), 40, FqProcess.command("status", queue, "--watch"))) {
      awaitScreen(fq, "[" + "-".repeat(40 - 21) + "] 0.0 %");
      int frames = fq.received().split("ETA ", -1).length;
      await().atMost(PATIENCE).until(() -> fq.received().split("ETA ", -1).length > frames + 1);
      assertThat(fq.screen()).startsWith("Queue ").containsOnlyOnce("Queue ").contains("…\n");

      fq.resize(30);
      awaitScreen(fq, "[" + "-".repeat(30 - 21) + "] 0.0 %");
      // Some terminals wrap lines anew when they are resized, so none is where it was.
      assertThat(fq.received()).containsOnlyOnce(ERASE_ALL);
      assertThat(fq.screen()).startsWith("Queue ").containsOnlyOnce("Queue ");
      fq.resize(90);
      awaitScreen(fq, "[" + "-".repeat(50) + "] 0.0 %");
      assertThat(fq.screen()).startsWith("Queue ").containsOnlyOnce("Queue ");
    }
  }

  @Test
  void insertOfOneTaskShowsNoBar() throws Exception {
    try (TerminalFq fq = TerminalFq.start(directory, "submit", "q", "--", "true")) {
      assertThat(fq.exitCode()).isZero();
      assertThat(fq.screen()).startsWith("inserted 1: ").hasLineCount(1);
      assertThat(fq.received()).doesNotContain("inserting");
    }
  }

  @Test
  void waitShowsABarThatMovesOnAsTasksAreDone() throws Exception {
    try (TerminalFq fq = TerminalFq.start(directory, "wait", "q")) {
      awaitScreen(fq, "waiting", "0/2");
      work("--max-tasks", "1");
      awaitScreen(fq, "1/2");
      work();

      assertThat(fq.exitCode()).isZero();
      assertThat(fq.screen()).contains("100%", "2/2").containsOnlyOnce("waiting");
    }
  }

  @Test
  void purgeAsksAndRemovesNothingUnlessTheAnswerIsYes() throws Exception {
    try (TerminalFq fq = TerminalFq.start(directory, "purge", "q")) {
      awaitScreen(fq, "Remove 2 tasks from fq://", "? [y/N]");
      fq.type("\n");

      assertThat(fq.exitCode()).isEqualTo(ExitCode.TROUBLE);
      assertThat(fq.screen()).contains("fq: nothing was removed");
    }
    try (TerminalFq fq = TerminalFq.start(directory, "purge", "q")) {
      awaitScreen(fq, "? [y/N]");
      fq.type("y\n");

      assertThat(fq.exitCode()).isZero();
      assertThat(fq.screen()).contains("removed 2");
    }
  }

  @Test
  void doctorsLevelsAreColouredUnlessNoColorIsSet() throws Exception {
    try (TerminalFq fq = TerminalFq.start(directory, "doctor", "q")) {
      fq.exitCode();

      assertThat(fq.received()).contains("\u001B[32mok  ");
      assertThat(fq.screen()).contains("ok    rename");
    }
    try (TerminalFq fq = TerminalFq.start(directory, Map.of("NO_COLOR", "1"), "doctor", "q")) {
      fq.exitCode();

      assertThat(fq.received()).contains("ok    rename").doesNotContain("\u001B[");
    }
  }

  @Test
  void ctrlCLeavesTheQueueOfAWorkerSound() throws Exception {
    FqProcess.run(directory, "submit", "submit", "q2", "--", "sleep", "1000");
    try (TerminalFq fq = TerminalFq.start(directory, "work", "q2", "--grace", "0s")) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  FqProcess.run(directory, "status", "status", "q2", "--json")
                      .out()
                      .contains("\"leased\":1"));
      fq.type(CTRL_C);

      assertThat(fq.exitCode()).isZero();
    }
    assertThat(FqProcess.run(directory, "status", "status", "q2", "--json").out())
        .contains("\"waiting\":1,\"delayed\":0,\"leased\":0,\"dead\":0,\"completed\":0");
  }
}
