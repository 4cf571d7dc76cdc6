package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that makes tasks, whose process ends half-way while another works on its children. */
class KilledGeneratorIT {

  private static final int CHILDREN = 2_000;

  @TempDir private Path directory;

  @Test
  void everyChildIsExecutedOnce() throws Exception {
    Path task = directory.resolve("task.jsonl");
    Files.writeString(
        task, "{\"children\": %s, \"class\": \"GeneratingTask\"}%n".formatted(CHILDREN));
    FqProcess.run(directory, "insert", "insert", "q", task.toString());
    FqProcess.run(directory, "record", "record", "on", "q");

    FqProcess killed = work("killed", "--max-tasks", "1");
    assertThat(killed.exitCode()).isEqualTo(1);
    FqProcess next = work("next", "--exit-on-empty");

    assertThat(next.exitCode()).as(next.err()).isEqualTo(ExitCode.DONE);
    List<String> executed =
        Files.readAllLines(directory.resolve("journal")).stream()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .toList();
    assertThat(executed)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, CHILDREN).mapToObj(Integer::toString).toList());
    assertThat(FqProcess.run(directory, "list", "list", "q").out()).isEmpty();
  }

  private FqProcess work(String name, String... end) throws Exception {
    Path classes = Path.of(getClass().getProtectionDomain().getCodeSource().getLocation().toURI());
    String[] words = {
      "work",
      "q",
      "--lease",
      "3s",
      "--classpath",
      classes.toString(),
      "--value",
      HaltingTask.JOURNAL + "=" + directory.resolve("journal")
    };
    return FqProcess.start(
        directory,
        name,
        Stream.concat(Arrays.stream(words), Arrays.stream(end)).toArray(String[]::new));
  }
}
