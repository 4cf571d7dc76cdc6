package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
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
    return Worker.of(queue, new RegisteredTasks(TaskRegistry.of())).attempts(1).exitOnEmpty(true);
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
  void programThatIsMissingIsAFailure() throws Exception {
    TaskId id = insert(new CommandTask(List.of("no-such-program-xyz"), null, Map.of()));

    worker().build().run();

    assertThat(reasonOf(id)).contains("no-such-program-xyz");
  }

  @Test
  void directoryThatIsMissingIsAFailure() throws Exception {
    TaskId id = insert(new CommandTask(List.of("true"), "/no/such/dir", Map.of()));

    worker().build().run();

    assertThat(reasonOf(id)).contains("/no/such/dir: no such directory");
  }

  @Test
  void interruptedCommandIsKilledWithItsChildren() throws Exception {
    insert(shell("sleep 1000 & echo $! $$ > pids.tmp; mv pids.tmp pids; wait"));
    Worker worker = worker().grace(ZERO).build();
    ExecutorService background = Executors.newSingleThreadExecutor();
    Future<WorkerReport> report = background.submit(worker::run);
    Path pids = directory.resolve("pids");
    await().atMost(ofMinutes(1)).until(() -> Files.exists(pids));

    worker.stop();

    assertThat(report.get().released()).isEqualTo(1);
    for (String pid : Files.readString(pids).strip().split(" ", -1)) {
      await().atMost(ofMinutes(1)).until(() -> isGone(Long.parseLong(pid)));
    }
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
    NewTask other = NewTask.of(Payload.ofJson("{\"class\": \"java.lang.Runtime\"}"), ZERO);
    queue.insert(List.of(other));

    assertThat(worker().build().run().dead()).isEqualTo(1);

    assertThat(reasonOf(other.id()))
        .contains("\"java.lang.Runtime\" is not registered; known are: CommandTask");
  }
}
