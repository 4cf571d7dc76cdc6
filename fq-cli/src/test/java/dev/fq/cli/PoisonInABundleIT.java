package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueStats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that ends whatever process works on it, in the middle of a bundle. */
class PoisonInABundleIT {

  private static final int TASKS = 1_000;
  private static final int POISON = 500;
  private static final int MOST_WORKERS = 8;

  @TempDir private Path directory;

  @Test
  void taskThatKillsItsWorkersDiesAloneAndItsNeighboursAreCompleted() throws Exception {
    Path journal = directory.resolve("journal");
    insert();

    Set<String> killed = new HashSet<>();
    for (int i = 0; stats().enqueued().orElseThrow() > 0; i++) {
      assertThat(i).as("workers").isLessThan(MOST_WORKERS);
      FqProcess worker = work("worker" + i, journal);
      worker.exitCode();
      if (!worker.err().contains("stopped, ")) {
        killed.add(lastOf(journal).get(1));
      }
    }

    // Whoever is killed between a commit and its count leaves what was committed uncounted.
    assertThat(stats().completed().orElseThrow()).isLessThan(TASKS);
    assertThat(stats().dead()).hasValue(1);
    assertThat(FqProcess.run(directory, "dead", "dead", "list", "q").out())
        .contains("not attempted again: attempts begun: 2, allowed: 2");
    Map<String, List<String>> workers = new HashMap<>();
    for (String line : Files.readAllLines(journal)) {
      String[] words = line.split(" ", -1);
      workers.computeIfAbsent(words[0], none -> new ArrayList<>()).add(words[1]);
    }
    assertThat(workers).hasSize(TASKS);
    assertThat(workers.get("" + POISON)).as("executions of the poison").hasSize(2);
    assertThat(killed).hasSize(2);
    workers.forEach(
        (task, by) ->
            assertThat(killed)
                .as("who executed %s before it was executed again", task)
                .containsAll(by.subList(0, by.size() - 1)));
  }

  private void insert() throws Exception {
    Path lines = directory.resolve("tasks.jsonl");
    Files.write(
        lines,
        IntStream.range(0, TASKS)
            .mapToObj(
                n ->
                    "{\"n\": %s, \"poison\": %s, \"class\": \"HaltingTask\"}"
                        .formatted(n, n == POISON))
            .toList());
    FqProcess insert =
        FqProcess.run(directory, "insert", "insert", "q", lines.toString(), "--bundle", "1000");
    assertThat(insert.exitCode()).isEqualTo(ExitCode.DONE);
  }

  private FqProcess work(String name, Path journal) throws Exception {
    Path classes = Path.of(getClass().getProtectionDomain().getCodeSource().getLocation().toURI());
    return FqProcess.start(
        directory,
        name,
        "work",
        "q",
        "--lease",
        "2s",
        "--attempts",
        "2",
        "--exit-on-empty",
        "--classpath",
        classes.toString(),
        "--value",
        HaltingTask.JOURNAL + "=" + journal);
  }

  private static List<String> lastOf(Path journal) throws Exception {
    List<String> lines = Files.readAllLines(journal);
    return List.of(lines.get(lines.size() - 1).split(" ", -1));
  }

  private QueueStats stats() throws Exception {
    try (FileQueue queue = FileQueue.at(directory.resolve("q")).open(OpenMode.EXISTING)) {
      return queue.stats();
    }
  }
}
