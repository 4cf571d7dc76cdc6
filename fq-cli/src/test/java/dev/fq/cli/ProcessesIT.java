package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several real processes on one queue, and signals. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are those of a Unix shell")
class ProcessesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  private FqProcess fq(String name, String... arguments) throws Exception {
    return FqProcess.run(directory, name, arguments);
  }

  private long completed() throws IOException {
    try (FileQueue queue = FileQueue.at(directory.resolve("q")).open(OpenMode.EXISTING)) {
      return queue.stats().completed().orElseThrow();
    }
  }

  @Test
  void nothingIsLostWhenOneWorkerIsKilledAndAnotherToldToStop() throws Exception {
    List<String> names = IntStream.range(0, 300).mapToObj(i -> "line " + i).toList();
    Files.write(directory.resolve("lines"), names);
    fq("submit", "submit", "q", "--each-line", "lines", "--", "echo", "{}");
    int slots = 2;
    String[] work = {"work", "q", "-n", slots + "", "--lease", "3s", "--exit-on-empty"};
    FqProcess killed = FqProcess.start(directory, "killed", work);
    FqProcess stopped = FqProcess.start(directory, "stopped", work);
    FqProcess patient = FqProcess.start(directory, "patient", work);
    await().atMost(PATIENCE).until(() -> completed() > 50);

    killed.kill();
    stopped.terminate();

    assertThat(stopped.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(stopped.err()).contains("SIGTERM, stopping").contains("stopped, asked to stop");
    assertThat(patient.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(fq("status", "status", "q", "--json").out())
        .contains("\"inserted\":300,\"waiting\":0,\"delayed\":0,\"leased\":0,\"dead\":0");
    // "What a kill leaves": each slot may be killed between the removal of its task and the count.
    assertThat(completed()).isBetween(300L - slots, 300L);
    assertThat((killed.out() + stopped.out() + patient.out()).lines()).containsAll(names);
  }

  @Test
  void tasksOfADeadHostAreGivenBackAtOnce() throws Exception {
    String untilGo = "while [ ! -e go ]; do sleep 0.1; done";
    Files.write(directory.resolve("lines"), List.of("1", "2", "3", "4"));
    fq("submit", "submit", "q", "--each-line", "lines", "--", "sh", "-c", untilGo, "{}");
    FqProcess dies = FqProcess.start(directory, "dies", "work", "q", "-n", "2", "--lease", "1h");
    await()
        .atMost(PATIENCE)
        .until(() -> counts().contains("\"waiting\":2,\"delayed\":0,\"leased\":2"));
    String leased = fq("list", "list", "q", "--state", "leased", "--json").out();
    String host = leased.replaceFirst("(?s).*?\"holder\":\"(.*?)-\\d+-\\w+\".*", "$1");

    dies.kill();
    Files.createFile(directory.resolve("go"));
    fq("other", "work", "q", "--max-tasks", "2");
    assertThat(counts()).contains("\"waiting\":0,\"delayed\":0,\"leased\":2");

    assertThat(fq("release", "release", "q", "--host", host).out()).isEqualTo("released 2\n");
    assertThat(fq("third", "work", "q", "--exit-on-empty").exitCode()).isZero();
    assertThat(completed()).isEqualTo(4);
  }

  private String counts() throws Exception {
    return fq("status", "status", "q", "--json").out();
  }

  @Test
  void listEndsQuietlyWhenNobodyReadsOn() throws Exception {
    Files.write(
        directory.resolve("lines"), IntStream.range(0, 20_000).mapToObj(i -> i + "").toList());
    fq("submit", "submit", "q", "--each-line", "lines", "--", "echo", "{}");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process pipe =
        new ProcessBuilder(
                "bash",
                "-c",
                "\"$0\" -jar \"$1\" list q | head -n 1; echo \"${PIPESTATUS[0]}\"",
                java,
                System.getProperty("fq.jar"))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("pipe").toFile())
            .start();

    assertThat(pipe.waitFor()).isZero();
    assertThat(Files.readAllLines(directory.resolve("pipe"))).hasSize(2).endsWith("0");
  }

  @Test
  void stopLetsARunningCommandEndAndASecondSignalEndsAtOnce() throws Exception {
    fq(
        "submit",
        "submit",
        "q",
        "--",
        "sh",
        "-c",
        "touch started; while [ ! -e go ]; do sleep 0.1; done");
    FqProcess worker = FqProcess.start(directory, "worker", "work", "q", "--grace", "10m");
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("started")));

    worker.terminate();
    await().atMost(PATIENCE).until(() -> worker.err().contains("running tasks have 600 s to end"));
    assertThat(worker.isAlive()).isTrue();
    worker.terminate();

    assertThat(worker.exitCode()).isEqualTo(128 + 15);
    assertThat(completed()).isZero();
    Files.createFile(directory.resolve("go"));
  }

  @Test
  void commandThatEndsWithinTheGraceIsCompleted() throws Exception {
    fq(
        "submit",
        "submit",
        "q",
        "--",
        "sh",
        "-c",
        "touch started; while [ ! -e go ]; do sleep 0.1; done");
    FqProcess worker = FqProcess.start(directory, "worker", "work", "q");
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("started")));

    worker.terminate();
    await().atMost(PATIENCE).until(() -> worker.err().contains("running tasks have 30 s to end"));
    Files.createFile(directory.resolve("go"));

    assertThat(worker.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(completed()).isEqualTo(1);
  }

  @Test
  void commandThatOutlivesTheGraceIsGivenBack() throws Exception {
    fq("submit", "submit", "q", "--", "sh", "-c", "touch started; sleep 1000");
    FqProcess worker = FqProcess.start(directory, "worker", "work", "q", "--grace", "0s");
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("started")));

    worker.terminate();

    assertThat(worker.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(fq("status", "status", "q", "--json").out()).contains("\"waiting\":1");
  }

  @Test
  void longCommandKeepsItsLease() throws Exception {
    fq("submit", "submit", "q", "--", "sh", "-c", "echo $FQ_ATTEMPT; sleep 12");
    String[] work = {"work", "q", "--lease", "5s", "--exit-on-empty"};
    FqProcess one = FqProcess.start(directory, "one", work);
    FqProcess two = FqProcess.start(directory, "two", work);

    assertThat(one.exitCode()).isZero();
    assertThat(two.exitCode()).isZero();
    assertThat(one.out() + two.out()).isEqualTo("1\n");
    assertThat(completed()).isEqualTo(1);
  }

  @Test
  void verboseWorkerPutsTheTaskBeforeEachLine() throws Exception {
    fq("submit", "submit", "q", "--", "sh", "-c", "echo $FQ_TASK_ID; echo oh >&2");

    FqProcess worker = fq("worker", "work", "q", "-v", "--exit-on-empty");

    String id = worker.out().strip().split(": ", -1)[0];
    assertThat(worker.out()).isEqualTo(id + ": " + id + "\n");
    assertThat(worker.err()).contains(id + ": oh\n").contains("task " + id + " completed");
  }

  @Test
  void watchedStatusComesAgainAndAgain() throws Exception {
    fq("submit", "submit", "q", "--", "true");
    FqProcess watch = FqProcess.start(directory, "watch", "status", "q", "--watch", "--json");

    await().atMost(PATIENCE).until(() -> watch.out().lines().count() >= 2);
    watch.terminate();

    watch.exitCode();
    assertThat(watch.out().lines())
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("{\"queue\":\"fq://")
                    .contains("\"waiting\":1")
                    .contains("\"rate\":", "\"eta\":"));
  }

  @Test
  void waitEndsWhenOthersHaveDoneTheWork() throws Exception {
    fq("submit", "submit", "q", "--", "sh", "-c", "exit 1");
    FqProcess wait = FqProcess.start(directory, "wait", "wait", "q", "--timeout", "1m");

    fq("worker", "work", "q", "--attempts", "1", "--exit-on-empty");

    assertThat(wait.exitCode()).isIn(ExitCode.DONE, ExitCode.DEAD);
  }

  @Test
  void demoTellsItsStoryAndLeavesAQueueToTryThingsOn() throws Exception {
    FqProcess demo = fq("demo", "demo");

    assertThat(demo.exitCode()).as(demo.err()).isZero();
    assertThat(demo.out())
        .contains("Inserted 501 tasks into fq-demo/q")
        .contains("Killed worker 2 with SIGKILL when ")
        .containsPattern("(498|499|500) tasks completed, 50\\d checksums in fq-demo/sums.txt")
        // As above: each of two slots may be killed between the removal of its task and the count.
        .containsPattern("Completed  (498|499|500)\nDead       1\n")
        .contains("  ls fq-demo/q/queue fq-demo/q/dead\n");
    try (Stream<String> sums = Files.lines(directory.resolve("fq-demo/sums.txt"))) {
      assertThat(sums.count()).isGreaterThanOrEqualTo(500);
    }
    assertThat(fq("status", "status", "fq-demo/q", "--json").out()).contains("\"delayed\":3");
  }

  @Test
  void demoRefusesADirectoryWithContent() throws Exception {
    Files.createDirectories(directory.resolve("mine/x"));

    FqProcess demo = fq("demo", "demo", "mine");

    assertThat(demo.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(demo.err()).contains("mine: expected a new or an empty directory");
  }

  @Test
  void workersLogIsJsonALineAndNamesTheTask() throws Exception {
    FqProcess.run(directory, "submit", "submit", "q", "--", "false");

    FqProcess work =
        FqProcess.run(
            directory, "work", "work", "q", "--attempts", "1", "--exit-on-empty", "--log", "json");

    assertThat(work.exitCode()).isEqualTo(ExitCode.DEAD);
    List<String> lines = work.err().lines().toList();
    assertThat(lines).hasSize(3);
    for (String line : lines) {
      assertThat(Payload.ofJson(line).json()).startsWith("{\"timestamp\":");
    }
    assertThat(lines.get(1))
        .containsPattern(
            "\"level\":\"ERROR\".*\"mdc\": \\{\"task\":\"([0-9a-f-]{36})\",\"attempt\":\"1\"\\},"
                + "\"formattedMessage\":\"task \\1 is dead, attempt 1 of 1: exit code 1\"");
  }
}
