package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.fq.file.FileQueue;
import dev.fq.file.FileRecords;
import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.HostName;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker records of the attempts that it makes. */
class RecordingTest {

  @TempDir private Path directory;
  private final MutableClock clock = MutableClock.atSomeTime();
  private final Instant start = clock.instant();
  private FileQueue queue;

  @BeforeEach
  void makeQueue() throws Exception {
    queue = FileQueue.at(directory.resolve("q")).clock(clock).open(OpenMode.CREATE);
  }

  @AfterEach
  void close() throws Exception {
    queue.close();
  }

  private void insert(String id, String json) throws Exception {
    queue.insert(List.of(new NewTask(new TaskId(id), Payload.ofJson(json), ZERO)));
  }

  private WorkerBuilder worker(TaskHandler handler) {
    return WorkerBuilder.of(queue, handler)
        .clock(clock)
        .leaseTime(ofMinutes(5))
        .maxTasks(1)
        .exitOnEmpty(true);
  }

  private List<Outcome> outcomes() throws Exception {
    return outcomes(queue.outcomes().orElseThrow());
  }

  private static List<Outcome> outcomes(OutcomeLog log) throws Exception {
    try (Stream<Outcome> all = log.read(Instant.MIN)) {
      return all.toList();
    }
  }

  @Test
  void completedAttemptIsRecordedWithWhereAndWhen() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");

    worker(task -> clock.advance(ofSeconds(7))).record(true).build().run();

    assertThat(outcomes())
        .containsExactly(
            new Outcome(
                new TaskId("a"),
                "Tile",
                null,
                1,
                TaskOutcome.COMPLETED,
                start,
                start.plusSeconds(7),
                HostName.here(),
                1,
                null,
                null,
                null,
                null));
  }

  @Test
  void failureIsRecordedWithTheFirstLineOfItsReason() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");
    worker(
            task -> {
              throw new IllegalStateException("no such\ntile");
            })
        .record(true)
        .build()
        .run();
    clock.advance(ofMinutes(30));
    worker(
            task -> {
              throw new TaskFailedException("exit code 3\nlong");
            })
        .attempts(2)
        .record(true)
        .build()
        .run();

    List<Outcome> outcomes = outcomes();
    assertThat(outcomes)
        .extracting(Outcome::result)
        .containsExactly(TaskOutcome.FAILED, TaskOutcome.DEAD);
    assertThat(outcomes).extracting(Outcome::attempt).containsExactly(1, 2);
    assertThat(outcomes)
        .extracting(Outcome::exception)
        .containsExactly("java.lang.IllegalStateException", null);
    assertThat(outcomes)
        .extracting(Outcome::reason)
        .containsExactly("java.lang.IllegalStateException: no such", "exit code 3");
  }

  @Test
  void lostTaskIsRecordedAsLost() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");

    worker(task -> queue.purge()).record(true).build().run();

    assertThat(outcomes()).extracting(Outcome::result).containsExactly(TaskOutcome.LOST);
  }

  @Test
  void commandIsRecordedWithItsWordsExitCodeAndMemory() throws Exception {
    // The command goes on until its memory has been looked at, however long that takes.
    String code =
        "x=$(head -c 20000000 /dev/zero | tr '\\0' x); until [ -e seen ]; do sleep 0.1; done; exit 3";
    CommandTask command =
        new CommandTask(List.of("sh", "-c", code), directory.toString(), Map.of());
    queue.insert(List.of(NewTask.of(command.payload(), ZERO)));
    BlockingQueue<AttemptNotes> notes = new ArrayBlockingQueue<>(1);
    Worker worker =
        worker(
                task -> {
                  notes.add(task.notes());
                  command.execute(task);
                })
            .record(true)
            .build();
    Thread working = new Thread(() -> assertDoesNotThrow(worker::run));
    working.start();
    AttemptNotes attempt = notes.take();
    await().until(() -> attempt.peakMemory() != null && attempt.peakMemory() >= 20_000_000L);
    Files.createFile(directory.resolve("seen"));
    working.join();

    Outcome outcome = outcomes().get(0);
    assertThat(outcome.command()).startsWith("sh -c x=$(head -c 20000000");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.reason()).isEqualTo("exit code 3");
    assertThat(outcome.peakMemory()).isBetween(20_000_000L, 500_000_000L);
  }

  @Test
  void longCommandIsShortened() throws Exception {
    TaskSummary summary =
        TaskSummary.of(
            Payload.ofJson(
                "{\"argv\": [\"%s\", \"b\\n\"], \"class\": \"CommandTask\"}"
                    .formatted("x".repeat(TaskSummary.LONGEST))));

    assertThat(summary).hasToString("x".repeat(TaskSummary.LONGEST) + "…");
  }

  @Test
  void nothingIsRecordedUnlessSomebodyAsks() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");

    worker(task -> {}).build().run();

    assertThat(directory.resolve("q/outcomes")).doesNotExist();
  }

  @Test
  void queueThatAsksForOutcomesGetsThoseOfEveryWorkerThatDoesNotRefuse() throws Exception {
    queue.outcomes().orElseThrow().ask(true);
    insert("a", "{\"class\": \"Tile\"}");
    insert("b", "{\"class\": \"Tile\"}");

    worker(task -> {}).build().run();
    worker(task -> {}).record(false).build().run();

    assertThat(outcomes()).hasSize(1);
  }

  @Test
  void queueThatKeepsNoOutcomesHasThemRecordedElsewhere() throws Exception {
    MemoryQueue memory = JumpingMemoryQueue.at(clock);
    memory.insert(
        List.of(new NewTask(new TaskId("a"), Payload.ofJson("{\"class\": \"Tile\"}"), ZERO)));
    WorkerBuilder builder = WorkerBuilder.of(memory, task -> {}).clock(clock).exitOnEmpty(true);

    assertThatThrownBy(() -> builder.record(true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "record: %s keeps no outcomes; record them in a directory instead", memory.url());
    OutcomeLog log = FileRecords.outcomesIn(directory.resolve("records"));
    builder.recordIn(log).build().run();

    assertThat(outcomes(log)).extracting(Outcome::task).containsExactly(new TaskId("a"));
  }
}
