package dev.fq.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge who never finds anybody guilty would prove nothing. */
class VerdictTest {

  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final Instant TIME = Instant.parse("2026-11-27T08:00:00Z");

  @TempDir private Path directory;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void makeQueue() throws IOException {
    FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE).close();
    Files.createDirectories(directory.resolve("journals"));
  }

  private void journal(int pid, String... lines) throws IOException {
    List<String> events = new ArrayList<>();
    for (String line : lines) {
      // Seconds to nanoseconds.
      events.add(line.replaceFirst("^(\\d+)", "$1000000000"));
    }
    Files.write(directory.resolve("journals/" + pid + ".journal"), events);
  }

  private void count(String counter, int count) throws IOException {
    Files.writeString(directory.resolve("q").resolve(counter + ".host"), ".".repeat(count));
  }

  private Map<String, Object> judge() throws IOException {
    Files.write(directory.resolve("journals/worker.log"), log);
    return Verdict.of(directory.resolve("q"), directory.resolve("journals"), LEASE, 2);
  }

  private void assertGuilty(String of) {
    assertThatThrownBy(this::judge).isInstanceOf(AssertionError.class).hasMessageContaining(of);
  }

  private void completed(String id) throws IOException {
    logged(id);
    recorded(id);
    wrote(id, id + " 1");
  }

  private void logged(String id) {
    log.add("{\"formattedMessage\":\"task " + id + " completed in 0.1 s\"}");
  }

  private FileQueue queue() throws IOException {
    return FileQueue.at(directory.resolve("q")).open(OpenMode.EXISTING);
  }

  private void recorded(String id) throws IOException {
    Outcome outcome =
        new Outcome(
            new TaskId(id),
            "ChaosTask",
            null,
            1,
            TaskOutcome.COMPLETED,
            TIME,
            TIME,
            "host",
            1,
            null,
            null,
            null,
            null);
    try (FileQueue queue = queue();
        OutcomeLog.Writer writer = queue.outcomes().orElseThrow().writer()) {
      writer.add(outcome);
    }
  }

  private void returned(String id, String value) throws IOException {
    try (FileQueue queue = queue();
        OutcomeLog.Writer writer = queue.outcomes().orElseThrow().writer()) {
      writer.returned(
          List.of(new TaskResult(new TaskId(id), "ChaosTask", 1, TIME, "host", '"' + value + '"')));
    }
  }

  private void wrote(String id, String line) throws IOException {
    try (FileQueue queue = queue();
        OutputLog.Writer writer =
            queue.output().orElseThrow().writer(OutputLog.Keep.ALL, OutputLog.Limits.DEFAULT)) {
      OutputLog.Sink sink = writer.begin(new TaskId(id), 1, TIME);
      try (OutputStream out = sink.stream(OutputLog.Channel.OUT)) {
        out.write((line + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
      }
      sink.ended(TaskOutcome.COMPLETED);
    }
  }

  /** What process 2 has written as it was killed. */
  private void recordedRaw(String text) throws IOException {
    Path outcomes = Files.createDirectories(directory.resolve("q/outcomes"));
    Files.writeString(
        outcomes.resolve("20261127T080000Z-host-2-abc.jsonl"),
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private void insertOne() throws IOException {
    journal(1, "1 intended a", "1 inserted a");
    returned("a", "a 1");
    count("insertions", 1);
    count("completions", 1);
  }

  @Test
  void taskThatIsDoneOnceIsInOrder() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    completed("a");

    assertThat(judge()).containsEntry("tasks", 1).containsEntry("executions beside another", 0);
  }

  @Test
  void completedTaskIsToBeRecordedUnlessItsWorkerWasKilled() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    logged("a");

    assertGuilty("a was completed and is not recorded");
    assertGuilty("a was completed, and its output is not kept");

    journal(9, "4 killed 2");
    assertThat(judge()).containsEntry("outcomes recorded", 0L);
  }

  @Test
  void outcomeThatNobodyToldOfIsWrong() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    completed("a");
    completed("b");
    log.remove(1);

    assertGuilty("b is recorded as completed more often than it was");
  }

  @Test
  void completedTaskHasOneResultWhoeverWasKilled() throws Exception {
    journal(1, "1 intended a", "1 inserted a");
    count("insertions", 1);
    journal(2, "2 begin a 1", "3 done a 1");
    journal(9, "4 killed 2");

    assertGuilty("a is completed or returned something, without result");

    returned("a", "a 1");
    returned("a", "a 1");
    assertThat(judge()).containsEntry("results", 1L);
  }

  @Test
  void resultThatNoAttemptReturnedIsWrong() throws Exception {
    journal(1, "1 intended a", "1 inserted a");
    journal(2, "2 begin a 1", "3 failed a 1");
    returned("a", "a 1");

    assertGuilty("a has the result \"a 1\", which no attempt returned");
  }

  @Test
  void outputThatTheTaskDidNotWriteIsWrong() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    logged("a");
    recorded("a");
    wrote("a", "a 2");

    assertGuilty("attempt 1 of a wrote \"a 1\", and \"a 2\" is kept");
  }

  @Test
  void onlyOneWhoWasKilledLeavesHalfALine() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    completed("a");
    recordedRaw("{\"id\":\"b\",");

    assertGuilty("ends within a line");

    journal(9, "4 killed 2");
    assertThat(judge()).containsEntry("outcomes recorded", 1L);

    recordedRaw("\n");
    assertGuilty("outcomes: 3 lines, of which 2 can be read");
  }

  @Test
  void acknowledgedTaskThatWasNeverExecutedIsLost() throws Exception {
    insertOne();

    assertGuilty("a was inserted, is not dead, and was never executed to its end");
  }

  @Test
  void taskThatNobodyInsertedIsAWonder() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1", "4 begin b 1", "5 done b 1");

    assertGuilty("b was executed and never inserted");
  }

  @Test
  void attemptIsBegunAgainAfterItWasGivenBackAndNotOtherwise() throws Exception {
    for (String cause : List.of("3 interrupted a 1", "4 released 1000000000")) {
      insertOne();
      journal(2, "2 begin a 1", cause);
      journal(3, "9 begin a 1", "10 done a 1");

      assertThat(judge()).as(cause).containsEntry("executions", 2);
    }
    journal(2, "2 begin a 1", "4 freed a");

    assertGuilty("attempt 1 of a was begun by 2 and by 3");
  }

  @Test
  void attemptIsOneProcesss() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    journal(3, "9 begin a 1", "10 done a 1");

    assertGuilty("attempt 1 of a was begun by 2 and by 3");
  }

  @Test
  void secondExecutionBesideAHealthyHolderIsAStolenLease() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "9 done a 1");
    journal(3, "4 begin a 2", "5 done a 2");

    assertGuilty("a was executed by 2, and 2000 ms later by 3");
  }

  @Test
  void secondExecutionIsInOrderAfterTheLeaseAFreezeAReleaseOrAMove() throws Exception {
    for (String cause :
        List.of("4 stopped 2 2000000000", "4 released 2000000000", "3 freed a", "4 killed 2")) {
      insertOne();
      journal(2, "2 begin a 1", "19 done a 1");
      journal(3, "4 begin a 2", "5 done a 2");
      journal(4, cause);

      assertThat(judge()).as(cause).containsEntry("executions beside another", 1);
    }
    journal(3, "9 begin a 2", "10 done a 2");
    journal(4, "1 killed 99");

    assertThat(judge())
        .containsEntry("of these of undisturbed workers, after the end of the lease", 1);
  }

  @Test
  void secondCompletionIsOneTooMany() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    completed("a");
    completed("a");

    assertGuilty("a was completed 2 times");
  }

  @Test
  void taskThatIsLeftOrDeadAndCompletedIsNotInOrder() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");
    completed("a");
    Files.writeString(directory.resolve("q/dead/a.json"), "{\"payload\": 1}");
    Files.writeString(directory.resolve("q/queue/0--b.json"), "{\"payload\": 1}");

    assertGuilty("a was completed and is dead");
    assertGuilty("is left in the queue");
  }

  @Test
  void countsMustAddUp() throws Exception {
    insertOne();
    journal(2, "2 begin a 1", "3 done a 1");

    count("completions", 0);
    assertGuilty("completions: 0 counted of 1, with 0 kills of 2 slots");

    count("completions", 2);
    assertGuilty("completions: 2 counted of 1");

    count("insertions", 2);
    assertGuilty("insertions: 2 counted, 1 were acknowledged and 1 came in");
  }
}
