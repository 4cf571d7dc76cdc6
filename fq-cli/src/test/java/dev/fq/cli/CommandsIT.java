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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Commands that harm, hosts that are sick, and workers that are killed: real ones. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "processes are looked at in /proc")
class CommandsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  private FqProcess fq(String name, String... arguments) throws Exception {
    return FqProcess.run(directory, name, arguments);
  }

  private void submit(String... command) throws Exception {
    String[] words =
        Stream.concat(Stream.of("submit", "q", "--"), Stream.of(command)).toArray(String[]::new);
    assertThat(fq("submit", words).exitCode()).isZero();
  }

  private void submitEach(int count, String... command) throws Exception {
    Files.write(
        directory.resolve("lines"), IntStream.range(0, count).mapToObj(Integer::toString).toList());
    String[] words =
        Stream.concat(Stream.of("submit", "q", "--each-line", "lines", "--"), Stream.of(command))
            .toArray(String[]::new);
    assertThat(fq("submit", words).exitCode()).isZero();
  }

  private String status() throws Exception {
    return fq("status", "status", "q", "--json").out();
  }

  private Path await(String file) {
    Path path = directory.resolve(file);
    Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(path) && Files.size(path) > 0);
    return path;
  }

  private void assertGoneSoon(Path pids) throws IOException {
    for (String pid : Files.readAllLines(pids)) {
      Awaitility.await().atMost(PATIENCE).until(() -> isGone(pid.strip()));
    }
  }

  /** What nobody takes in stays as a zombie. */
  private static boolean isGone(String pid) {
    try {
      return Files.readString(Path.of("/proc", pid, "stat")).contains(") Z ");
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void workerWithoutTheToolStopsAndTheOtherDoesItAll() throws Exception {
    Path tools = Files.createDirectories(directory.resolve("tools"));
    Files.writeString(tools.resolve("tool"), "#!/bin/sh\nexit 0\n");
    assertThat(tools.resolve("tool").toFile().setExecutable(true)).isTrue();
    submitEach(100, "tool", "{}");
    FqProcess sick = FqProcess.start(directory, "sick", "work", "q", "-n", "4");
    assertThat(sick.exitCode()).isEqualTo(ExitCode.UNFIT_HOST);

    FqProcess well =
        FqProcess.startBy(
            directory,
            "well",
            List.of("env", "PATH=" + tools + ":" + System.getenv("PATH")),
            "work",
            "q",
            "-n",
            "4",
            "--exit-on-empty");

    assertThat(sick.err())
        .contains(
            "fq: 5 times in a row this host could not attempt a task, and none succeeded: cannot run tool: No such file or directory;");
    assertThat(well.exitCode()).isZero();
    assertThat(status()).contains("\"dead\":0,\"completed\":100");
  }

  @Test
  void commandsThatLeaveChildrenUseUpNoFilesOfTheWorker() throws Exception {
    submitEach(100, "sh", "-c", "sleep 60 & echo $! >> pids", "{}");

    FqProcess work =
        FqProcess.startBy(
            directory,
            "work",
            List.of("bash", "-c", "ulimit -n 64; exec \"$@\"", "bash"),
            "work",
            "q",
            "-n",
            "8",
            "--exit-on-empty");

    assertThat(work.exitCode()).isZero();
    // Eight that start at once may need more files than there are: then some are given back.
    assertThat(work.err()).contains("100 completed, 0 failed, 0 dead");
    assertThat(status()).contains("\"dead\":0,\"completed\":100");
    for (String pid : Files.readAllLines(directory.resolve("pids"))) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void commandsOfAKilledWorkerEndWithAllTheirChildren() throws Exception {
    submit("sh", "-c", "(sleep 1001 & echo $! > pids); echo $$ >> pids; mv pids all; sleep 1002");
    FqProcess work = FqProcess.start(directory, "work", "work", "q");
    Path pids = await("all");

    work.kill();

    assertGoneSoon(pids);
  }

  @Test
  void secondSignalEndsWorkerCommandAndChildrenAtOnce() throws Exception {
    submit(
        "sh",
        "-c",
        "trap '' TERM; (sleep 1001 & echo $! > pids); echo $$ >> pids; mv pids all; sleep 1002");
    FqProcess work = FqProcess.start(directory, "work", "work", "q");
    Path pids = await("all");

    work.terminate();
    Awaitility.await().atMost(PATIENCE).until(() -> work.err().contains("once more"));
    work.terminate();

    assertThat(work.exitCode()).isEqualTo(143);
    assertGoneSoon(pids);
  }

  @Test
  void childThatItsParentHasLeftIsGoneWhenTheLeaseIsLost() throws Exception {
    submit("sh", "-c", "(sleep 1001 & echo $! > pids); mv pids all; sleep 1002");
    FqProcess work =
        FqProcess.start(directory, "work", "work", "q", "--lease", "3s", "--max-tasks", "1");
    Path pids = await("all");

    fq("purge", "purge", "q", "--yes");

    assertThat(work.exitCode()).isZero();
    assertGoneSoon(pids);
  }

  @Test
  void preemptionUsesUpNoAttempt() throws Exception {
    submit("sh", "-c", "echo $FQ_ATTEMPT > attempt; exec sleep 1000");
    for (int i = 0; i < 2; i++) {
      Files.deleteIfExists(directory.resolve("attempt"));
      FqProcess work = FqProcess.start(directory, "work", "work", "q", "--grace", "0s");
      assertThat(Files.readString(await("attempt"))).isEqualTo("1\n");
      work.terminate();
      assertThat(work.exitCode()).isZero();
    }
    FqProcess killed = FqProcess.start(directory, "killed", "work", "q", "--lease", "1s");
    Files.delete(directory.resolve("attempt"));
    await("attempt");
    killed.kill();
    Files.delete(directory.resolve("attempt"));
    FqProcess last = FqProcess.start(directory, "last", "work", "q", "--grace", "0s");

    assertThat(Files.readString(await("attempt"))).isEqualTo("2\n");
    last.terminate();
    assertThat(last.exitCode()).isZero();
  }

  @Test
  void workerThatRecordsNothingSaysOnceThatResultsAreDropped() throws Exception {
    submitEach(3, "sh", "-c", "echo {} > \"$FQ_RESULT\"");

    FqProcess work = fq("work", "work", "q", "--exit-on-empty");

    assertThat(work.exitCode()).isZero();
    assertThat(work.err())
        .containsOnlyOnce("returned a result, which is dropped")
        .contains("fq record on");
  }

  @Test
  void outputThatNobodyReadsFailsNoCommand() throws Exception {
    submitEach(50, "sh", "-c", "echo {}; echo {} >&2");
    List<String> words =
        new ArrayList<>(
            List.of("bash", "-c", "\"$@\" | head -n 1; echo \"${PIPESTATUS[0]}\"", "bash"));
    words.addAll(FqProcess.command("work", "q", "--exit-on-empty"));
    Process work =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectError(directory.resolve("err").toFile())
            .redirectOutput(directory.resolve("out").toFile())
            .start();

    assertThat(work.waitFor()).isZero();
    assertThat(Files.readAllLines(directory.resolve("out"))).hasSize(2).endsWith("0");
    assertThat(status()).contains("\"dead\":0,\"completed\":50");
    assertThat(Files.readString(directory.resolve("err")))
        .containsOnlyOnce("nobody reads it any more: it is dropped");
  }

  @Test
  void outputWithoutLinesHurtsNeitherWorkerNorCommand() throws Exception {
    submit("sh", "-c", "head -c 200000000 /dev/zero >&2; head -c 200000000 /dev/zero");
    List<String> words = FqProcess.command("work", "q", "--exit-on-empty");
    words.add(1, "-Xmx32m");
    words.addAll(0, List.of("bash", "-c", "set -o pipefail; \"$@\" 2>err | wc -c > count", "bash"));
    Process work = new ProcessBuilder(words).directory(directory.toFile()).inheritIO().start();

    assertThat(work.waitFor()).isZero();
    assertThat(Files.readString(directory.resolve("count")).strip()).isEqualTo("200000000");
    assertThat(Files.readString(directory.resolve("err"))).contains(" more bytes)");
    assertThat(status()).contains("\"dead\":0,\"completed\":1");
  }

  @Test
  void workerHoldsNoMoreAfterHostileCommandsThanBefore() throws Exception {
    submitEach(
        400,
        "sh",
        "-c",
        "case $1 in *7) sleep 100 & echo $! >> pids;; *3) head -c 3000000 /dev/zero >&2;;"
            + " *5) exec >&- 2>&-;; *9) trap '' TERM HUP;; esac",
        "sh",
        "{}");
    submit("sh", "-c", "echo $PPID > worker; sleep 1000");
    FqProcess work = FqProcess.start(directory, "work", "work", "q", "-n", "4");
    Awaitility.await().atMost(PATIENCE).until(() -> status().contains("\"completed\":400"));

    Path worker = Path.of("/proc", Long.toString(work.pid()));
    assertThat(count(worker.resolve("task"))).isLessThan(40);
    assertThat(count(worker.resolve("fd"))).isLessThan(40);
    assertThat(work.err()).doesNotContain("\tat ");
    // The shell that signals, the command that still runs, and what that runs.
    assertThat(ProcessHandle.of(work.pid()).orElseThrow().children()).hasSize(2);
    work.terminate();
    work.kill();
    for (String pid : Files.readAllLines(directory.resolve("pids"))) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }
}
