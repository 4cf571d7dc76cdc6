package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.CommandTask;
import dev.fq.file.FileQueue;
import dev.fq.file.FileRecords;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What tasks returned, as the command shows it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its commands are of sh")
class ResultsVerbTest {

  @TempDir private Path directory;
  private String queue;

  @BeforeEach
  void makeQueue() {
    queue = directory.resolve("q").toString();
  }

  private void submit(String id, String script) throws IOException {
    CommandTask command = new CommandTask(List.of("sh", "-c", script), queue, Map.of());
    try (FileQueue tasks = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE)) {
      tasks.insert(List.of(new NewTask(new TaskId(id), command.payload(), Duration.ZERO)));
    }
  }

  private void write(String id, String type, String json) throws IOException {
    OutcomeLog log = FileRecords.outcomesIn(directory.resolve("q/outcomes"));
    try (OutcomeLog.Writer writer = log.writer()) {
      writer.returned(List.of(new TaskResult(new TaskId(id), type, 1, Instant.EPOCH, "h", json)));
    }
  }

  @Test
  void resultsOfCommandsAreALineEach() throws IOException {
    submit("a", "echo '{\"mean\": 7.50}' >&3");
    submit("b", "printf '[1,\\n2]\\n' > \"$FQ_RESULT\"");
    submit("c", "true");

    Fq work = Fq.run("work", queue, "--record", "--exit-on-empty");

    assertThat(work.code()).as(work.err()).isZero();
    Fq results = Fq.run("results", queue);
    assertThat(results.out().lines())
        .containsExactlyInAnyOrder(
            "{\"id\":\"a\",\"result\":{\"mean\": 7.50}}", "{\"id\":\"b\",\"result\":[1, 2]}");
    assertThat(results.err()).isEmpty();
    assertThat(Fq.run("results", queue, "--type", "CommandTask").out()).hasLineCount(2);
    assertThat(Fq.run("results", queue, "--type", "Tile")).isEqualTo(new Fq(ExitCode.DONE, "", ""));
    assertThat(Fq.run("history", queue, "--id", "a").out())
        .containsPattern("completed .* a +sh -c \\S.*\nresult \\{\"mean\": 7.50}\nnow not in");
  }

  @Test
  void whatIsNoResultFailsTheTaskAndSaysWhy() throws IOException {
    submit("a", "echo mean 7.50 >&3");

    Fq.run("work", queue, "--record", "--exit-on-empty", "--attempts", "1");

    assertThat(Fq.run("dead", "list", queue).out())
        .contains(
            "its result (file descriptor 3, or the file $FQ_RESULT): expected one JSON value");
    assertThat(Fq.run("results", queue).out()).isEmpty();
  }

  @Test
  void resultsThatNobodyRecordsAreNotThere() throws IOException {
    submit("a", "echo 1 > \"$FQ_RESULT\"");

    assertThat(Fq.run("work", queue, "--exit-on-empty").code()).isZero();

    assertThat(Fq.run("results", queue))
        .isEqualTo(
            new Fq(
                ExitCode.DONE,
                "",
                "fq: no results are recorded; fq record on makes workers record them\n"));
  }

  @Test
  void resultsMayBeInAnotherDirectory() throws IOException {
    String records = directory.resolve("records").toString();
    submit("a", "echo 1 >&3");

    Fq.run("work", queue, "--record-dir", records, "--exit-on-empty");

    assertThat(directory.resolve("q/outcomes")).doesNotExist();
    // Its queue may be a service's, or gone.
    assertThat(Fq.run("results", "--record-dir", records).out())
        .isEqualTo("{\"id\":\"a\",\"result\":1}\n");
  }

  @Test
  void resultCannotHurtTheTerminalAndIsTheSameValue() throws IOException {
    submit("other", "true");
    write("a", "Tile\u001b[31m", "{\"a\":\t\"\u009b1m\u202e\"}");

    assertThat(Fq.run("results", queue).out())
        .isEqualTo("{\"id\":\"a\",\"result\":{\"a\": \"\\u009b1m\\u202e\"}}\n");
    assertThat(Fq.run("history", queue, "--id", "a").out()).contains("\\u009b1m");
  }
}
