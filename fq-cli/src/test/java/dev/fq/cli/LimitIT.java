package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Eight real worker processes on a queue with a limit. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are those of a Unix shell")
class LimitIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int TASKS = 400;
  private static final int LIMIT = 5;

  /** Notes how many run, and is among them. */
  private static final String TASK =
      "mkdir run/$FQ_TASK_ID; ls run | wc -l >> seen; sleep 0.02; rmdir run/$FQ_TASK_ID";

  @TempDir private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    Files.createDirectory(directory.resolve("run"));
    Files.write(
        directory.resolve("lines"), IntStream.range(0, TASKS).mapToObj(i -> "" + i).toList());
  }

  private void requireNeverMoreThanTheLimit(String... submitOptions) throws Exception {
    List<String> submit = new ArrayList<>(List.of("submit", "q", "--each-line", "lines"));
    submit.addAll(List.of(submitOptions));
    submit.addAll(List.of("--", "sh", "-c", TASK, "{}"));
    FqProcess.run(directory, "submit", submit.toArray(String[]::new));
    // As a technician says it.
    Files.writeString(directory.resolve("q/limit"), LIMIT + "\n");
    List<FqProcess> workers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      workers.add(
          FqProcess.start(
              directory, "work-" + i, "work", "q", "-n", "2", "--lease", "5s", "--exit-on-empty"));
    }
    await().atMost(PATIENCE).until(() -> seen().size() > TASKS / 4);

    workers.remove(0).kill();

    for (FqProcess worker : workers) {
      assertThat(worker.exitCode()).as(worker.err()).isZero();
    }
    // What the killed worker had begun is in run/ for good, and runs again.
    int left = directory.resolve("run").toFile().list().length;
    assertThat(left).isLessThanOrEqualTo(2);
    assertThat(seen()).hasSizeBetween(TASKS, TASKS + 2);
    assertThat(seen()).allMatch(running -> running <= LIMIT + left);
    assertThat(seen()).anyMatch(running -> running >= LIMIT - 1);
  }

  private List<Integer> seen() throws IOException {
    Path seen = directory.resolve("seen");
    return Files.exists(seen)
        ? Files.readAllLines(seen).stream().map(String::strip).map(Integer::valueOf).toList()
        : List.of();
  }

  @Test
  void noMoreTasksRunAtATimeThanTheLimitSays() throws Exception {
    requireNeverMoreThanTheLimit();
  }

  @Test
  void noMoreTasksOfBundlesRunAtATimeThanTheLimitSays() throws Exception {
    requireNeverMoreThanTheLimit("--bundle", "50");
  }
}
