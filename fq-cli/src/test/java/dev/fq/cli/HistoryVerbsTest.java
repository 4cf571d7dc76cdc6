package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.FileQueue;
import dev.fq.file.FileRecords;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What became of attempts, as the command shows it. */
class HistoryVerbsTest {

  private static final String BAD = "\"sh\", \"-c\", \"exit 3\"";
  private static final Instant START = Instant.parse("2026-11-27T08:00:00Z");

  @TempDir private Path directory;
  private String queue;

  @BeforeEach
  void makeQueue() throws IOException {
    queue = directory.resolve("q").toString();
    submit("done", "\"true\"");
  }

  /** A command with these words, of JSON. */
  private void submit(String id, String words) throws IOException {
    try (FileQueue tasks = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE)) {
      Payload payload = Payload.ofJson("{\"argv\": [" + words + "], \"class\": \"CommandTask\"}");
      tasks.insert(List.of(new NewTask(new TaskId(id), payload, Duration.ZERO)));
    }
  }

  private static Outcome outcome(String id, String host, TaskOutcome result, int seconds) {
    boolean isFailure = result.isFailure();
    return new Outcome(
        new TaskId(id),
        "CommandTask",
        "./step " + id,
        1,
        result,
        START,
        START.plusSeconds(seconds),
        host,
        1,
        isFailure ? 3 : 0,
        null,
        null,
        isFailure ? "exit code 3" : null);
  }

  private void record(Outcome... outcomes) throws IOException {
    OutcomeLog log = FileRecords.outcomesIn(directory.resolve("q/outcomes"));
    try (OutcomeLog.Writer writer = log.writer()) {
      Stream.of(outcomes).forEach(writer::add);
    }
  }

  private List<String> ids(String... options) {
    Stream<String> words = Stream.concat(Stream.of("history", queue, "--json"), Stream.of(options));
    return Fq.run(words.toArray(String[]::new))
        .out()
        .lines()
        .map(line -> line.replaceFirst(".*\"id\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private void recordThree() throws IOException {
    record(
        outcome("a", "n1", TaskOutcome.COMPLETED, 5),
        outcome("b", "n2", TaskOutcome.FAILED, 70),
        outcome("c", "n1", TaskOutcome.COMPLETED, 71));
  }

  @Test
  void workerRecordsWhenTheQueueAsksForItAndHistoryShowsIt() {
    assertThat(Fq.run("record", "on", queue)).isEqualTo(new Fq(ExitCode.DONE, "record on\n", ""));

    assertThat(Fq.run("work", queue, "--exit-on-empty").code()).isZero();

    assertThat(Fq.run("history", queue).out())
        .matches("\\S+Z  completed  +1  +[0-9.]+s  \\S+ +done +true\n");
  }

  @Test
  void workerDecidesItselfWhenItIsTold() {
    assertThat(Fq.run("work", queue, "--record", "--exit-on-empty").code()).isZero();
    assertThat(ids()).containsExactly("done");

    Fq.run("record", "on", queue);
    Fq.run("submit", queue, "--", "true");
    assertThat(Fq.run("work", queue, "--no-record", "--exit-on-empty").code()).isZero();
    assertThat(ids()).containsExactly("done");

    Fq.run("record", "off", queue);
    Fq.run("submit", queue, "--", "true");
    assertThat(Fq.run("work", queue, "--exit-on-empty").code()).isZero();
    assertThat(ids()).containsExactly("done");
  }

  @Test
  void directoryOfRecordsMayBeAnother() {
    String records = directory.resolve("records").toString();

    Fq.run("work", queue, "--record-dir", records, "--exit-on-empty");

    assertThat(directory.resolve("q/outcomes")).doesNotExist();
    assertThat(ids("--record-dir", records)).containsExactly("done");
    // Its queue may be a service's, or gone.
    assertThat(Fq.run("history", "--record-dir", records).out()).contains(" done ");
  }

  @Test
  void directoryOfRecordsThatCannotBeIsRefused() {
    String records = directory.resolve("none/records").toString();

    for (String verb : List.of("work", "history")) {
      assertThat(Fq.run(verb, queue, "--record-dir", records))
          .isEqualTo(
              new Fq(
                  ExitCode.TROUBLE,
                  "",
                  "fq: %s: expected its parent to be a directory, found none; make it, or check the path\n"
                      .formatted(records)));
    }
  }

  @Test
  void lookingForRecordsMakesNone() {
    Path records = directory.resolve("records");

    Fq history = Fq.run("history", "--record-dir", records.toString());

    assertThat(history.out()).isEmpty();
    assertThat(history.err()).contains("no attempts are recorded");
    assertThat(records).doesNotExist();
  }

  @Test
  void attemptsAreShownWithTheirReasonsOldestFirst() throws IOException {
    recordThree();

    assertThat(Fq.run("history", queue).out())
        .isEqualTo(
            """
            2026-11-27T08:00:05Z  completed        1     5.000s  n1            a                                     ./step a
            2026-11-27T08:01:10Z  failed           1     1m 10s  n2            b                                     ./step b
              exit code 3
            2026-11-27T08:01:11Z  completed        1     1m 11s  n1            c                                     ./step c
            """);
  }

  @Test
  void attemptsArePickedByHowWhereAndHowLong() throws IOException {
    recordThree();

    assertThat(ids("--failed")).containsExactly("b");
    assertThat(ids("--host", "n1")).containsExactly("a", "c");
    assertThat(ids("--slowest", "2")).containsExactly("c", "b");
    assertThat(ids("--type", "CommandTask")).hasSize(3);
    assertThat(ids("--type", "Tile")).isEmpty();
    assertThat(Fq.run("history", queue, "--since", "1s").err()).contains("fq record on");
  }

  @Test
  void jsonHasAllFields() throws IOException {
    record(outcome("a", "n1", TaskOutcome.DEAD, 5));

    assertThat(Fq.run("history", queue, "--json").out())
        .isEqualTo(
            "{\"id\":\"a\",\"type\":\"CommandTask\",\"command\":\"./step a\",\"attempt\":1,"
                + "\"outcome\":\"dead\",\"exit\":3,\"exception\":null,\"reason\":\"exit code 3\","
                + "\"begun\":\"2026-11-27T08:00:00Z\",\"ended\":\"2026-11-27T08:00:05Z\","
                + "\"seconds\":5.0,\"host\":\"n1\",\"slot\":1,\"memory\":null}\n");
  }

  @Test
  void summaryCountsByTypeAndHostAndNamesTheHostThatFails() throws IOException {
    Outcome[] outcomes = new Outcome[24];
    for (int i = 0; i < outcomes.length; i++) {
      boolean isBad = i >= 20;
      outcomes[i] =
          outcome(
              "t" + i,
              isBad ? "n2" : "n1",
              isBad && i > 20 ? TaskOutcome.FAILED : TaskOutcome.COMPLETED,
              isBad ? 8 : 2);
    }
    record(outcomes);

    assertThat(Fq.run("history", queue, "--summary").out())
        .isEqualTo(
            """
            attempts   24
            completed  21
            failed     3

            TYPE                               ATTEMPTS   FAILED        P50        P95        MAX
            CommandTask                              24        3     2.007s     8.000s     8.000s

            HOST                               ATTEMPTS   FAILED        P50        P95        MAX
            n1                                       20        0     2.000s     2.000s     2.000s
            n2                                        4        3     8.000s     8.000s     8.000s

            n2 fails more than others: 3 of 4 attempts, elsewhere 0 of 20
            """);
  }

  @Test
  void ofOneTaskAllIsShownThatIsKnown() throws IOException {
    submit("bad", BAD);
    Fq.run("work", queue, "--exit-on-empty", "--attempts", "1");
    record(outcome("bad", "elsewhere", TaskOutcome.LOST, 5));

    assertThat(Fq.run("history", queue, "--id", "bad").out())
        .matches(
            """
            2026-11-27T08:00:05Z  lost .*bad +./step bad
            \\S+Z  attempt 1 failed on \\S+, noted in the queue:
              exit code 3
            now dead
            """);
    assertThat(Fq.run("history", queue, "--id", "none"))
        .isEqualTo(new Fq(ExitCode.TROUBLE, "", "fq: nothing is known of task none\n"));
  }

  @Test
  void failureThatIsRecordedIsNotShownTwice() throws IOException {
    submit("bad", BAD);
    Fq.run("work", queue, "--record", "--exit-on-empty", "--attempts", "1");

    assertThat(Fq.run("history", queue, "--id", "bad").out())
        .containsOnlyOnce("exit code 3")
        .doesNotContain("noted");
  }

  @Test
  void oldRecordsAreRemovedWhenToldTo() throws IOException {
    recordThree();
    try (Stream<Path> files = Files.list(directory.resolve("q/outcomes"))) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
      }
    }

    assertThat(Fq.run("history", queue, "--prune", "30d"))
        .isEqualTo(new Fq(ExitCode.DONE, "removed 1\n", ""));
    assertThat(Fq.run("history", queue).out()).isEmpty();
  }

  /** Else who means to remove some would remove all. */
  @Test
  void pruneTakesNothingThatPicks() throws IOException {
    recordThree();

    for (List<String> other :
        List.of(
            List.of("--failed"),
            List.of("--id", "a"),
            List.of("--host", "n1"),
            List.of("--type", "Tile"),
            List.of("--since", "1h"),
            List.of("--slowest", "1"))) {
      Stream<String> words =
          Stream.concat(Stream.of("history", queue, "--prune", "1d"), other.stream());

      assertThat(Fq.run(words.toArray(String[]::new)).err())
          .contains("--prune: expected no other option that picks, found " + other.get(0));
    }
    assertThat(ids()).hasSize(3);
  }

  @Test
  void ofOneTaskAttemptsArePickedToo() throws IOException {
    recordThree();

    assertThat(Fq.run("history", queue, "--id", "a", "--failed").out()).isEmpty();
    assertThat(Fq.run("history", queue, "--id", "b", "--failed").out()).contains("./step b");
  }

  @Test
  void namesCannotHurtTheTerminal() throws IOException {
    record(
        new Outcome(
            new TaskId("a"),
            "T\u001b[31m",
            null,
            1,
            TaskOutcome.COMPLETED,
            START,
            START,
            "h\u202e",
            1,
            null,
            null,
            null,
            null));

    assertThat(Fq.run("history", queue).out() + Fq.run("history", queue, "--summary").out())
        .contains("T\\u001b[31m", "h\\u202e")
        .doesNotContain("\u001b", "\u202e");
  }

  @Test
  void wordsThatDoNotFitAreRefused() {
    assertThat(Fq.run("history", queue, "--slowest", "0").err())
        .contains("--slowest: expected 1 or more, found 0");
    assertThat(Fq.run("history", queue, "--summary", "--json").err()).contains("found both");
    assertThat(Fq.run("history", queue, "--id", "a b").err()).contains("expected the id of a task");
    assertThat(Fq.run("record", "maybe", queue).code()).isEqualTo(ExitCode.USAGE);
  }
}
