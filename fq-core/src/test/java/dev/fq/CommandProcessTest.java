package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are those of a Unix shell")
class CommandProcessTest {

  @TempDir private Path directory;
  private final MemoryQueue queue = new MemoryQueue("commands", Clock.systemUTC());

  private TaskId insert(CommandTask command) {
    NewTask task = NewTask.of(command.payload(), ZERO);
    queue.insert(List.of(task));
    return task.id();
  }

  private CommandTask shell(String script) {
    return new CommandTask(
        List.of("sh", "-c", script), directory.toString(), Map.of("GREETING", "hello world"));
  }

  private WorkerBuilder worker() {
    return WorkerBuilder.of(queue, new RegisteredTasks(TaskRegistry.of()))
        .attempts(1)
        .exitOnEmpty(true);
  }

  private String reasonOf(TaskId id) {
    return queue.peek(id).orElseThrow().failures().get(0).reason();
  }

  @Test
  void commandRunsInItsDirectoryWithItsEnvironment() throws Exception {
    TaskId id =
        insert(shell("echo \"$GREETING $FQ_TASK_ID $FQ_ATTEMPT $FQ_QUEUE\" > out; cat >> out"));

    assertThat(worker().build().run().completed()).isEqualTo(1);

    assertThat(Files.readString(directory.resolve("out")))
        .isEqualTo("hello world " + id + " 1 mem://commands\n");
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws Exception {
    insert(
        new CommandTask(
            List.of("sh", "-c", "printf '%s|' \"$@\" > out", "sh", "a b", "$HOME", "*", "'\""),
            directory.toString(),
            Map.of()));

    worker().build().run();

    assertThat(Files.readString(directory.resolve("out"))).isEqualTo("a b|$HOME|*|'\"|");
  }

  @Test
  void exitCodeAndLastLinesOfStandardErrorAreTheReason() throws Exception {
    TaskId id = insert(shell("for i in $(seq 30); do echo line $i >&2; done; exit 7"));

    WorkerReport report = worker().build().run();

    assertThat(report.dead()).isEqualTo(1);
    assertThat(reasonOf(id)).startsWith("exit code 7\nline 11\n").endsWith("line 30");
  }

  @Test
  void commandThatCannotBeStartedIsTheHostsTrouble() throws Exception {
    Files.writeString(directory.resolve("data"), "not a program");
    String data = directory.resolve("data").toString();
    assertHostTrouble(
        new CommandTask(List.of("no-such-program-xyz"), null, Map.of()),
        "cannot run no-such-program-xyz: No such file or directory");
    assertHostTrouble(
        new CommandTask(List.of(data), null, Map.of()),
        "cannot run " + data + ": Permission denied");
    assertHostTrouble(
        new CommandTask(List.of("true"), "/no/such/dir", Map.of()),
        "cannot run in /no/such/dir: no such directory on this host, or it cannot be reached");
    assertHostTrouble(shell("no-such-program-xyz"), "exit code 127");
  }

  private void assertHostTrouble(CommandTask command, String reason) throws Exception {
    TaskId id = insert(command);
    Worker worker = worker().hostTroubleLimit(1).build();

    assertThatThrownBy(worker::run)
        .isInstanceOf(UnfitHostException.class)
        .hasMessageContaining(reason);

    assertThat(reasonOf(id)).startsWith(reason);
    assertThat(queue.lease(1, ofMinutes(1), ZERO).get(0).attempt()).isEqualTo(1);
  }

  @Test
  void wordsThatAreTooLongForTheSystemAreTheTasksOwnFailure() throws Exception {
    TaskId id = insert(new CommandTask(List.of("true", "x".repeat(200_000)), null, Map.of()));

    worker().build().run();

    assertThat(reasonOf(id))
        .isEqualTo(
            "cannot run true: its arguments and environment are longer than this system takes"
                + " (E2BIG)");
  }

  @Test
  void commandThatTakesTooLongIsKilledAndItsLastLinesAreKept() throws Exception {
    TaskId id = insert(shell("trap '' TERM; echo slow >&2; sleep 1000"));

    worker().timeout(ofSeconds(3)).grace(ofMillis(100)).build().run();

    // The shell may yet tell of its own killed child.
    assertThat(reasonOf(id)).startsWith("took longer than 3s\nslow");
  }

  @Test
  void whatTheCommandLeftBehindIsGoneWhenItHasFailed() throws Exception {
    insert(shell("sleep 1000 > /dev/null 2>&1 & echo $! > pid; exit 3"));

    worker().build().run();

    assertThat(isGone(pidIn("pid"))).isTrue();
  }

  /** A shell that is about to wait for a long command when the signal comes waits for its end. */
  @Test
  void whatBeganAfterTheSignalIsGoneToo() throws Exception {
    String waiting = "touch trapped; while :; do sleep 0.1; done";
    insert(shell("trap 'sleep 1000 & echo $! > pid; wait' TERM; " + waiting));

    stopWorkerWhenThereAre("trapped");

    assertThat(isGone(pidIn("pid"))).isTrue();
  }

  @Test
  void everyProcessOfACommandIsAskedToEndOnce() throws Exception {
    String counting = "trap 'echo $1 >> terms' TERM; touch $1; while :; do sleep 1000 & wait; done";
    Files.writeString(directory.resolve("counting"), counting);
    insert(shell("sh counting inner & setsid sh counting other & sh counting outer"));

    stopWorkerWhenThereAre("inner", "other", "outer");

    assertThat(Files.readAllLines(directory.resolve("terms")))
        .containsExactlyInAnyOrder("inner", "other", "outer");
  }

  @Test
  void childThatKeepsTheOutputsOpenDoesNotKeepTheWorker() throws Exception {
    for (int i = 0; i < 20; i++) {
      insert(shell("(sleep 1000; true) & echo $! >> pids"));
    }

    assertThat(worker().build().run().completed()).isEqualTo(20);
    for (String pid : Files.readAllLines(directory.resolve("pids"))) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(
              shell -> {
                shell.descendants().forEach(ProcessHandle::destroyForcibly);
                shell.destroyForcibly();
              });
    }
  }

  private long pidIn(String file) throws IOException {
    return Long.parseLong(Files.readString(directory.resolve(file)).strip());
  }

  @Test
  void outputWithoutAnEndIsCutAndMarked() throws Exception {
    TaskId id = insert(shell("head -c 300000 /dev/zero | tr '\\0' x >&2; echo >&2; exit 3"));

    worker().build().run();

    assertThat(reasonOf(id)).startsWith("exit code 3\nxxxx").hasSizeLessThan(2_000);
  }

  @Test
  void childThatGoesOnWritingDoesNotKeepTheWorker() throws Exception {
    insert(shell("yes >&2 & echo $! > pid; exit 0"));

    assertThat(worker().build().run().completed()).isEqualTo(1);

    ProcessHandle.of(pidIn("pid")).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void wordsWithNulAreNoCommand() throws Exception {
    NewTask task =
        NewTask.of(Payload.ofJson("{\"argv\": [\"a\\u0000b\"], \"class\": \"CommandTask\"}"), ZERO);
    queue.insert(List.of(task));

    worker().build().run();

    assertThat(reasonOf(task.id())).contains("argv: expected text without NUL");
  }

  @Test
  void interruptedCommandIsKilledWithItsChildren() throws Exception {
    insert(shell("sleep 1000 & echo $! $$ > pids.tmp; mv pids.tmp pids; wait"));

    stopWorkerWhenThereAre("pids");

    for (String pid : Files.readString(directory.resolve("pids")).strip().split(" ", -1)) {
      await().atMost(ofMinutes(1)).until(() -> isGone(Long.parseLong(pid)));
    }
  }

  /** Runs a worker until its command has made these files, and then has it give the task back. */
  private void stopWorkerWhenThereAre(String... files) throws Exception {
    Worker worker = worker().grace(ZERO).build();
    ExecutorService background = Executors.newSingleThreadExecutor();
    Future<WorkerReport> report = background.submit(worker::run);
    await()
        .atMost(ofMinutes(1))
        .until(() -> Stream.of(files).allMatch(file -> Files.exists(directory.resolve(file))));

    worker.stop();

    assertThat(report.get().released()).isEqualTo(1);
    background.shutdownNow();
  }

  /** A killed child of nobody stays as a zombie where no init takes it. */
  private static boolean isGone(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "stat");
    boolean zombie = Files.exists(status) && Files.readString(status).contains(") Z ");
    return zombie || !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void payloadThatIsNoCommandFailsTheAttemptAndNotTheWorker() throws Exception {
    NewTask other = NewTask.of(Payload.ofJson("{\"argv\": 7, \"class\": \"CommandTask\"}"), ZERO);
    queue.insert(List.of(other));

    assertThat(worker().build().run().dead()).isEqualTo(1);

    assertThat(reasonOf(other.id())).contains("argv");
  }
}
