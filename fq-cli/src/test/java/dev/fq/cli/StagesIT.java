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

  /** How many tiles each level has. */
  private static final int[] TILES = {0, 160, 40, 10};

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  /** Its tasks fail unless all tiles of the level below are there. */
  private void submit(int level) throws Exception {
    Files.createDirectories(directory.resolve("out/" + level));
    Files.write(
        directory.resolve("tiles"),
        IntStream.range(0, TILES[level]).mapToObj(Integer::toString).toList());
    String below =
        level == 1
            ? "true"
            : "[ $(ls out/%s | wc -l) = %s ]".formatted(level - 1, TILES[level - 1]);
    String script = below + " && sleep 0.05 && touch out/" + level + "/$1";
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

  private FqProcess work(int level, String name) throws IOException {
    return FqProcess.start(
        directory,
        name,
        "work",
        "level-" + level,
        "-n",
        "2",
        "--lease",
        "3s",
        "--attempts",
        "3",
        "--exit-on-empty");
  }

  private long tiles(int level) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("out/" + level))) {
      return files.count();
    }
  }

  @Test
  void noLevelBeginsBeforeTheOneBelowIsWholeWhoeverIsKilled() throws Exception {
    submit(1);
    for (int level = 2; level <= 3; level++) {
      FqProcess gate =
          FqProcess.run(
              directory, "gate", "gate", "level-" + level, "--after", "level-" + (level - 1));
      assertThat(gate.exitCode()).as(gate.err()).isZero();
      submit(level);
    }
    List<FqProcess> workers = new ArrayList<>();
    for (int level = 3; level >= 1; level--) {
      workers.add(work(level, "worker-" + level));
    }

    for (int level = 1; level <= 2; level++) {
      FqProcess killed = work(level, "killed-" + level);
      int now = level;
      Awaitility.await().atMost(PATIENCE).until(() -> tiles(now) > TILES[now] / 4);
      killed.kill();
    }

    for (FqProcess worker : workers) {
      assertThat(worker.exitCode()).as(worker.err()).isZero();
    }
    for (int level = 1; level <= 3; level++) {
      assertThat(tiles(level)).isEqualTo(TILES[level]);
    }
    for (int level = 2; level <= 3; level++) {
      assertThat(directory.resolve("level-" + level).toFile().list())
          .filteredOn(name -> name.startsWith("gate"))
          .singleElement()
          .asString()
          .startsWith("gate.opened-");
      assertThat(workers.get(3 - level).err()).contains(" 0 failed, 0 dead,");
    }
  }
}
