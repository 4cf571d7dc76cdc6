package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.MutableClock;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tasks returned, written and read again. */
class ResultsTest {

  private static final int MANY = 30_000;

  private final Clock clock = MutableClock.atSomeTime();
  private final Instant start = clock.instant();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final FileSystem files = recording.getFileSystem(null);
  private FileQueue queue;

  @BeforeEach
  void makeQueue() throws IOException {
    queue = FileQueue.at(files.getPath("/q")).clock(clock).open(OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private OutcomeLog log() {
    return queue.outcomes().orElseThrow();
  }

  /** What an attempt on this host returned so many seconds after the start. */
  private TaskResult result(String id, int seconds, String host, String json) {
    return new TaskResult(new TaskId(id), "Tile", 1, start.plusSeconds(seconds), host, json);
  }

  /** What became of the attempt at this task that was made on this host. */
  private Outcome outcome(String id, String host, TaskOutcome outcome) {
    return new Outcome(
        new TaskId(id), "Tile", null, 1, outcome, start, start, host, 1, null, null, null, null);
  }

  /** A worker's own. */
  private void write(List<TaskResult> results, Outcome... outcomes) throws IOException {
    try (OutcomeLog.Writer writer = log().writer()) {
      writer.returned(results);
      for (Outcome outcome : outcomes) {
        writer.add(outcome);
      }
    }
  }

  private List<TaskResult> read() throws IOException {
    try (Stream<TaskResult> all = log().results(task -> true)) {
      return all.toList();
    }
  }

  private List<String> values() throws IOException {
    return read().stream().map(TaskResult::json).toList();
  }

  private Path onlyFile() throws IOException {
    try (Stream<Path> all = Files.list(files.getPath("/q/outcomes"))) {
      return all.findFirst().orElseThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "null",
        "12345678901234567890.12300",
        "1E400",
        "\"\u00fc \\u001b \\\"result\\\": 1\"",
        "{\"outcome\": \"lost\", \"result\": [1, {\"id\": \"b\"}]}"
      })
  void resultIsReadToTheLetterAsItWasWritten(String json) throws Exception {
    TaskResult result = result("a", 1, "h", json);

    write(List.of(result));

    assertThat(read()).containsExactly(result);
  }

  @Test
  void resultOfSeveralLinesIsOneLine() throws Exception {
    write(List.of(result("a", 1, "h", "{\n  \"mean\": 7,\r\n  \"max\": 9\n}")));

    assertThat(values()).containsExactly("{   \"mean\": 7,    \"max\": 9 }");
    assertThat(Files.readString(onlyFile()))
        .isEqualTo(
            "{\"id\":\"a\",\"type\":\"Tile\",\"attempt\":1,\"returned\":\"%s\",\"host\":\"h\","
                    .formatted(start.plusSeconds(1))
                + "\"result\":{   \"mean\": 7,    \"max\": 9 }}\n");
  }

  @Test
  void longestAndDeepestResultIsReadAsItWasWritten() throws Exception {
    String deep = "[".repeat(1_000) + "]".repeat(1_000);
    String longest = "\"" + "x".repeat(TaskResult.MAX_BYTES - 2) + "\"";

    write(List.of(result("a", 1, "h", deep), result("b", 2, "h", longest)));

    assertThat(values()).containsExactly(deep, longest);
  }

  @Test
  void resultIsThereAsSoonAsItIsWritten() throws Exception {
    try (OutcomeLog.Writer writer = log().writer()) {
      writer.returned(List.of(result("a", 1, "h", "7")));

      assertThat(values()).containsExactly("7");
    }
  }

  @Test
  void outcomesAreNoResultsAndResultsAreNoOutcomes() throws Exception {
    Outcome outcome = outcome("a", "h", TaskOutcome.COMPLETED);

    write(List.of(result("a", 1, "h", "7")), outcome);

    assertThat(values()).containsExactly("7");
    try (Stream<Outcome> all = log().read(Instant.MIN)) {
      assertThat(all).containsExactly(outcome);
    }
  }

  @Test
  void firstResultOfATaskCounts() throws Exception {
    write(List.of(result("a", 30, "h", "3"), result("b", 40, "h", "4")));
    write(List.of(result("a", 10, "i", "1"), result("a", 20, "i", "2")));

    assertThat(values()).containsExactly("1", "4");
  }

  @Test
  void resultOfAnAttemptThatLostItsTaskCountsOnlyIfThereIsNoOther() throws Exception {
    write(
        List.of(result("a", 1, "h", "1"), result("b", 2, "h", "2")),
        outcome("a", "h", TaskOutcome.LOST),
        outcome("b", "h", TaskOutcome.LOST));
    write(List.of(result("a", 9, "i", "9")), outcome("a", "i", TaskOutcome.COMPLETED));

    assertThat(values()).containsExactlyInAnyOrder("9", "2");
  }

  @Test
  void whenAllAttemptsLostTheirTaskTheFirstResultCounts() throws Exception {
    write(List.of(result("a", 1, "h", "1")), outcome("a", "h", TaskOutcome.LOST));
    write(List.of(result("a", 9, "i", "9")), outcome("a", "i", TaskOutcome.LOST));

    assertThat(values()).containsExactly("1");
  }

  /** So many that some are taken for others by what little is known of each. */
  @Test
  void everyTaskOfManyHasOneResult() throws Exception {
    List<TaskResult> all =
        IntStream.range(0, MANY).mapToObj(i -> result("t" + i, i, "h", "" + i)).toList();
    write(all);
    write(all.subList(0, MANY / 10));

    Set<String> values = new HashSet<>(values());

    assertThat(values()).hasSize(MANY);
    assertThat(values).hasSize(MANY);
  }

  @Test
  void onlyTasksThatArePickedAreRead() throws Exception {
    write(List.of(result("a", 1, "h", "1"), result("b", 2, "h", "2")));

    try (Stream<TaskResult> some = log().results(new TaskId("b")::equals)) {
      assertThat(some).extracting(TaskResult::json).containsExactly("2");
    }
  }

  @Test
  void whatIsWrittenMeanwhileIsNotRead() throws Exception {
    try (OutcomeLog.Writer writer = log().writer()) {
      writer.returned(List.of(result("a", 1, "h", "1"), result("b", 2, "h", "2")));
      try (Stream<TaskResult> all = log().results(task -> true)) {
        Iterator<TaskResult> results = all.iterator();
        results.next();
        writer.returned(List.of(result("a", 3, "h", "3"), result("c", 4, "h", "4")));

        assertThat(results.next().json()).isEqualTo("2");
        assertThat(results).isExhausted();
      }
    }
  }

  @Test
  void partOfALineIsPassedOver() throws Exception {
    write(List.of(result("a", 1, "h", "1")));
    String whole = Files.readString(onlyFile());
    Files.writeString(onlyFile(), whole.substring(0, 50), StandardOpenOption.APPEND);

    assertThat(values()).containsExactly("1");
  }

  @Test
  void whereNothingWasReturnedNothingIsRead() throws Exception {
    assertThat(read()).isEmpty();
  }

  @Test
  void resultsThatCannotBeWrittenAreRefusedAndLeaveNothingBehind() throws Exception {
    AtomicBoolean isFull = new AtomicBoolean();
    recording.interfere(
        new RecordingFileSystem.Interference() {
          @Override
          public void before(String operation, Path path) throws IOException {
            if (operation.equals("write") && isFull.get()) {
              throw new FileSystemException(path.toString(), null, "No space left on device");
            }
          }
        });
    try (OutcomeLog.Writer writer = log().writer()) {
      writer.returned(List.of(result("a", 1, "h", "1")));
      isFull.set(true);
      assertThatThrownBy(() -> writer.returned(List.of(result("b", 2, "h", "2"))))
          .hasMessageContaining("No space left");
      isFull.set(false);
      writer.returned(List.of(result("c", 3, "h", "3")));
    }

    assertThat(values()).containsExactly("1", "3");
  }
}
