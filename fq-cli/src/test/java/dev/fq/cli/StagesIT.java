package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A pyramid over tiles: each level waits for the one below. Real processes, and kills. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such signals, and no sh")
class StagesIT {

  /** How many tiles each level has, from the first. */
  private static final int[] FEW = {0, 160, 40, 10};

  private static final int[] THOUSANDS = {0, 4_000, 2_000, 1_000};

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  /** Its tasks fail unless all tiles of the level below are there. */
  private void submit(int[] sizes, int level, String pause) throws Exception {
    Files.createDirectories(directory.resolve("out/" + level));
    Files.write(
        directory.resolve("tiles"),
        IntStream.range(0, sizes[level]).mapToObj(Integer::toString).toList());
    String below =
        level == 1
            ? "true"
            : "[ $(ls out/%s | wc -l) = %s ]".formatted(level - 1, sizes[level - 1]);
    String script = below + " && sleep " + pause + " && touch out/" + level + "/$1";
    FqProcess submit =
        FqProcess.run(
            directory,
            "submit",
            "submit",
            "level-" + level,
            "--each-line",
            "tiles",
            "--",
            "sh",
            "-c",
            script,
            "tile",
            "{}");
    assertThat(submit.exitCode()).as(submit.err()).isZero();
  }

  private FqProcess work(String name, int... levels) throws IOException {
    List<String> words = new ArrayList<>(List.of("work"));
    IntStream.of(levels).forEach(level -> words.add("level-" + level));
    words.addAll(List.of("-n", "2", "--lease", "3s", "--attempts", "3", "--exit-on-empty"));
    return FqProcess.start(directory, name, words.toArray(String[]::new));
  }

  private long tiles(int level) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("out/" + level))) {
      return files.count();
    }
  }

  @Test
  void noLevelBeginsBeforeTheOneBelowIsWholeWhoeverIsKilled() throws Exception {
    submitAll(FEW, "0.05");
    List<FqProcess> workers = new ArrayList<>();
    for (int level = 3; level >= 1; level--) {
      workers.add(work("worker-" + level, level));
    }

    for (int level = 1; level <= 2; level++) {
      killIn(FEW, level, work("killed-" + level, level));
    }

    for (FqProcess worker : workers) {
      assertThat(worker.exitCode()).as(worker.err()).isZero();
      assertThat(worker.err()).contains(" 0 failed, 0 dead,");
    }
    requireAllDone(FEW);
  }

  @Test
  void oneWorkerOnAllStagesGoesThroughThousandsOfTasksWithoutHelp() throws Exception {
    submitAll(THOUSANDS, "0");
    FqProcess worker = work("worker", 1, 2, 3);

    killIn(THOUSANDS, 1, work("killed-1", 1, 2, 3));
    killIn(THOUSANDS, 2, work("killed-2", 3, 2, 1));

    assertThat(worker.exitCode()).as(worker.err()).isZero();
    assertThat(worker.err()).contains(" 0 failed, 0 dead,");
    for (int level = 1; level <= 3; level++) {
      assertThat(worker.err()).containsPattern("fq://.*/level-" + level + ": \\d+ completed");
    }
    requireAllDone(THOUSANDS);
  }

  private void submitAll(int[] sizes, String pause) throws Exception {
    submit(sizes, 1, pause);
    for (int level = 2; level <= 3; level++) {
      FqProcess gate =
          FqProcess.run(
              directory, "gate", "gate", "level-" + level, "--after", "level-" + (level - 1));
      assertThat(gate.exitCode()).as(gate.err()).isZero();
      submit(sizes, level, pause);
    }
  }

  private void killIn(int[] sizes, int level, FqProcess worker) throws Exception {
    Awaitility.await().atMost(PATIENCE).until(() -> tiles(level) > sizes[level] / 4);
    worker.kill();
  }

  private void requireAllDone(int[] sizes) throws IOException {
    for (int level = 1; level <= 3; level++) {
      assertThat(tiles(level)).isEqualTo(sizes[level]);
    }
    for (int level = 2; level <= 3; level++) {
      assertThat(directory.resolve("level-" + level).toFile().list())
          .filteredOn(name -> name.startsWith("gate"))
          .singleElement()
          .asString()
          .startsWith("gate.opened-");
    }
  }
}
