package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Records that an earlier build has left: of a worker on node-12, and of one on node-3 that was
 * killed.
 */
class RecordsGoldenTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/v1-records");
  private static final String ID = "0199b0a0-0000-7000-8000-0000000000";
  private static final Instant START = Instant.parse("2026-11-24T11:00:00.250Z");

  private static OutcomeLog outcomes() throws IOException {
    return FileRecords.outcomesIn(GOLDEN.resolve("outcomes"));
  }

  /** Each attempt with its end and its output, what was left out as dots. */
  private static List<String> outputs(String id, Channel channel) throws IOException {
    OutputLog log = FileRecords.outputIn(GOLDEN.resolve("output"));
    return log.search(new TaskId(ID + id)).attempts().stream()
        .map(
            output ->
                output.attempt()
                    + output.result().map(result -> " " + result.label()).orElse("")
                    + ": "
                    + text(output, channel))
        .toList();
  }

  private static String text(OutputLog.Output output, Channel channel) {
    try (Stream<OutputLog.Part> parts = output.read(channel, 0)) {
      long[] read = {0};
      return parts
          .map(
              part -> {
                String gap = part.from() > read[0] ? "…" : "";
                read[0] = part.from() + part.bytes().length;
                return gap + new String(part.bytes(), StandardCharsets.UTF_8);
              })
          .collect(Collectors.joining());
    }
  }

  @Test
  void outcomesAreUnderstood() throws Exception {
    try (Stream<Outcome> all = outcomes().read(Instant.MIN)) {
      assertThat(all)
          .containsExactly(
              new Outcome(
                  new TaskId(ID + "21"),
                  "CommandTask",
                  "./step 21",
                  1,
                  TaskOutcome.COMPLETED,
                  START,
                  START.plusSeconds(2),
                  "node-12",
                  1,
                  0,
                  1L << 20,
                  null,
                  null),
              new Outcome(
                  new TaskId(ID + "22"),
                  "tiles.Tiles.mean",
                  null,
                  3,
                  TaskOutcome.DEAD,
                  START,
                  START.plusSeconds(3),
                  "node-12",
                  2,
                  null,
                  null,
                  "java.io.IOException",
                  "no such tile"),
              new Outcome(
                  new TaskId(ID + "23"),
                  "Square",
                  null,
                  1,
                  TaskOutcome.LOST,
                  START,
                  START.plusSeconds(4),
                  "node-12",
                  3,
                  null,
                  null,
                  null,
                  null));
    }
    assertThat(outcomes().isAsked()).isTrue();
  }

  @Test
  void resultsAreUnderstoodAndHalfALineIsPassedOver() throws Exception {
    try (Stream<TaskResult> all = outcomes().results(task -> true)) {
      assertThat(all)
          .containsExactly(
              new TaskResult(
                  new TaskId(ID + "21"), "CommandTask", 1, START, "node-12", "{\"mean\": 7.50}"),
              new TaskResult(
                  new TaskId(ID + "23"), "Square", 2, START.plusSeconds(9), "node-3", "2"));
    }
  }

  @Test
  void outputIsUnderstoodAlsoOfAWorkerThatWasKilled() throws Exception {
    assertThat(outputs("21", Channel.OUT)).containsExactly("1 completed: to work\n");
    assertThat(outputs("21", Channel.ERR)).containsExactly("1 completed: beware\n");
    assertThat(outputs("22", Channel.OUT)).containsExactly("3 dead: 01234567…stuvwxyz");
    assertThat(outputs("23", Channel.OUT)).containsExactly("2: 01234567…stuvwxyz");
  }
}
