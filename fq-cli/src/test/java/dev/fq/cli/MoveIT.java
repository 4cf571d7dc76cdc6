package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that move tasks between queues at once: the other way, in a ring, by hand, with
 * workers on all queues, and killed at random. Every payload is counted afterwards.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are those of a Unix shell")
class MoveIT {

  private static final int TASKS = 300;
  private static final int ROUNDS = 12;
  private static final Path OTHER_FILE_SYSTEM = Path.of("/dev/shm");

  @TempDir private Path directory;

  private final Random random = new Random(19);
  private int started;

  private FqProcess start(String... arguments) throws IOException {
    return FqProcess.start(directory, arguments[0] + "-" + started++, arguments);
  }

  private FqProcess run(String... arguments) throws Exception {
    FqProcess fq = start(arguments);
    fq.exitCode();
    return fq;
  }

  /** A task for each of these numbers, which writes it down. */
  private void submit(String queue, int from, int to) throws Exception {
    Path lines = directory.resolve("lines-" + from);
    Files.write(lines, IntStream.range(from, to).mapToObj(Integer::toString).toList());
    String write = "echo $0 >> " + directory.resolve("executed");
    String[] submit = {
      "submit", queue, "--each-line", lines.toString(), "--", "sh", "-c", write, "{}"
    };
    assertThat(run(submit).exitCode()).isZero();
  }

  private static List<TaskEntry> entries(Path queue) throws IOException {
    try (FileQueue files = FileQueue.at(queue).open(OpenMode.EXISTING);
        Stream<TaskEntry> entries = files.entries(task -> true)) {
      return entries.toList();
    }
  }

  /** The last word of the command. */
  private static String number(TaskEntry entry) {
    return entry.payload().json().replaceFirst(".*\"(\\d+)\"\\].*", "$1");
  }

  /** In how many of these queues each number is; how often it is in one counts too. */
  private static Map<String, Integer> counted(List<Path> queues) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    for (Path queue : queues) {
      for (TaskEntry entry : entries(queue)) {
        counts.merge(number(entry), 1, Integer::sum);
      }
    }
    return counts;
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private Set<String> executed() throws IOException {
    Path executed = directory.resolve("executed");
    return Files.exists(executed) ? new HashSet<>(Files.readAllLines(executed)) : Set.of();
  }

  private void assertEachIsInOneQueueOrExecuted(List<Path> queues) throws IOException {
    Map<String, Integer> counts = counted(queues);
    assertThat(counts.values()).as("tasks that are there twice").allMatch(count -> count == 1);
    Set<String> missing = new TreeSet<>(numbers(TASKS));
    missing.removeAll(counts.keySet());
    missing.removeAll(executed());
    assertThat(missing).isEmpty();
  }

  /** As a technician does it. */
  private void moveByHand(Path from, Path to) throws IOException {
    List<Path> waiting;
    try (Stream<Path> names = Files.list(from.resolve("queue"))) {
      waiting = names.filter(name -> name.getFileName().toString().startsWith("0--")).toList();
    }
    for (Path name : waiting.subList(0, Math.min(5, waiting.size()))) {
      try {
        Files.move(name, to.resolve("queue").resolve(name.getFileName()));
      } catch (NoSuchFileException e) {
        // RACE: a worker or a mover was faster.
        started++;
      }
    }
  }

  @Test
  void tasksThatAreMovedInARingAndTheOtherWayAndByHandAreEachInOneQueue() throws Exception {
    List<String> names = List.of("X", "Y", "Z");
    List<Path> queues = names.stream().map(directory::resolve).toList();
    for (int i = 0; i < names.size(); i++) {
      submit(names.get(i), i * 100, (i + 1) * 100);
    }

    for (int round = 0; round < ROUNDS; round++) {
      List<FqProcess> movers = new ArrayList<>();
      for (String pair : List.of("XY", "YX", "YZ", "ZX")) {
        movers.add(start("mv", pair.substring(0, 1), pair.substring(1)));
      }
      moveByHand(queues.get(round % 3), queues.get((round + 1) % 3));
      if (round % 2 == 1) {
        movers.get(random.nextInt(movers.size())).kill();
      }
      for (FqProcess mover : movers) {
        mover.exitCode();
      }
      assertEachIsInOneQueueOrExecuted(queues);
    }

    assertThat(executed()).isEmpty();
  }

  @Test
  void tasksThatAreMovedWhileWorkersAreKilledAreExecutedOrInOneQueue() throws Exception {
    List<Path> queues = Stream.of("X", "Y").map(directory::resolve).toList();
    submit("X", 0, TASKS);
    submit("Y", TASKS, TASKS);
    List<FqProcess> workers = new ArrayList<>();
    for (String queue : List.of("X", "Y")) {
      workers.add(start("work", queue, "-n", "2", "--lease", "2s", "--attempts", "99"));
    }

    for (int round = 0; round < ROUNDS && executed().size() < TASKS; round++) {
      FqProcess there = start("mv", "X", "Y");
      FqProcess back = start("mv", "Y", "X");
      if (round % 3 == 2) {
        workers.get(0).kill();
        workers.set(0, start("work", "X", "-n", "2", "--lease", "2s", "--attempts", "99"));
        there.kill();
      }
      there.exitCode();
      back.exitCode();
    }
    for (FqProcess worker : workers) {
      worker.terminate();
      worker.exitCode();
    }

    assertThat(executed()).isNotEmpty();
    assertEachIsInOneQueueOrExecuted(queues);
    run("work", "X", "-n", "2", "--exit-on-empty", "--attempts", "99");
    run("work", "Y", "-n", "2", "--exit-on-empty", "--attempts", "99");
    assertThat(executed()).containsExactlyInAnyOrderElementsOf(numbers(TASKS));
  }

  /**
   * Renames are not possible: a mover that is killed leaves tasks in both, and the next goes on.
   */
  @Test
  void moveToAnotherFileSystemThatIsKilledIsCarriedOnByTheNext() throws Exception {
    assumeTrue(
        Files.isWritable(OTHER_FILE_SYSTEM)
            && !Files.getFileStore(OTHER_FILE_SYSTEM).equals(Files.getFileStore(directory)),
        "there is no other file system");
    Path there = Files.createTempDirectory(OTHER_FILE_SYSTEM, "fq-move").resolve("q");
    try {
      submit("X", 0, TASKS);
      for (int round = 0; round < 4; round++) {
        FqProcess mover = start("mv", "X", there.toString());
        FqProcess back = round % 2 == 1 ? start("mv", there.toString(), "X") : mover;
        Path inserted = there.resolve("queue");
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> !mover.isAlive() || Files.exists(inserted));
        mover.kill();
        back.exitCode();
        assertThat(counted(List.of(directory.resolve("X"), there)).keySet())
            .containsExactlyInAnyOrderElementsOf(numbers(TASKS));
      }

      run("release", "X");
      run("release", there.toString());
      FqProcess last = run("mv", "X", there.toString());

      assertThat(last.exitCode()).as(last.err()).isZero();
      assertThat(counted(List.of(there)))
          .containsOnlyKeys(numbers(TASKS))
          .allSatisfy((number, count) -> assertThat(count).isEqualTo(1));
      assertThat(entries(directory.resolve("X"))).isEmpty();
    } finally {
      FqProcess.run(directory, "rm", "purge", there.toString(), "--yes");
    }
  }

  @Test
  void queueByAnotherPathIsTheSameAndKeepsItsTasks() throws Exception {
    submit("q", 0, 20);
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("q"));
    Files.createSymbolicLink(directory.resolve("parent"), directory);

    for (String alias : List.of("link", "parent/q", "/proc/self/cwd/q", "./q/../q")) {
      FqProcess mover = run("mv", alias, "q");

      assertThat(mover.exitCode()).as(alias).isEqualTo(ExitCode.USAGE);
      assertThat(mover.err()).contains("expected another queue").hasLineCount(1);
    }
    assertThat(entries(directory.resolve("q"))).hasSize(20);
  }

  /** Another mount shows the directory with a device of its own, as a second mount of NFS does. */
  @Test
  void queueThroughAnotherMountIsTheSameAndKeepsItsTasks() throws Exception {
    for (String part : List.of("lower", "upper", "work", "mount")) {
      Files.createDirectory(directory.resolve(part));
    }
    Path mount = directory.resolve("mount");
    String layers =
        "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(directory);
    assumeTrue(
        isDone("mount", "-t", "overlay", "overlay", "-o", layers, "" + mount),
        "nothing can be mounted here");
    try {
      submit("upper/q", 0, 20);
      assertThat(Files.getAttribute(mount.resolve("q"), "unix:dev"))
          .isNotEqualTo(Files.getAttribute(directory.resolve("upper/q"), "unix:dev"));

      for (String[] mv :
          new String[][] {{"mv", "mount/q", "upper/q"}, {"mv", "upper/q", "mount/q"}}) {
        FqProcess mover = run(mv);

        assertThat(mover.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(mover.err()).contains("expected another queue").hasLineCount(1);
      }
      assertThat(entries(directory.resolve("upper/q"))).hasSize(20);
    } finally {
      isDone("umount", "" + mount);
    }
  }

  private static boolean isDone(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void taskWhoseIdIsTakenIsNamedAndStays() throws Exception {
    submit("X", 0, 3);
    TaskId id = entries(directory.resolve("X")).get(0).info().id();
    submit("Y", 3, 4);
    Path other = directory.resolve("Y/queue");
    Files.writeString(other.resolve("0--" + id + ".json"), "{\"payload\": \"another\"}");

    FqProcess mover = run("mv", "X", "Y");

    assertThat(mover.exitCode()).isEqualTo(ExitCode.TROUBLE);
    assertThat(mover.out()).isEqualTo("moved 2\n");
    assertThat(mover.err())
        .contains("fq: " + id + " stays in X: there is another task of this id")
        .contains("fq: 1 tasks stay in X, since Y has tasks of their ids");
    assertThat(entries(directory.resolve("X"))).hasSize(1);
    assertThat(entries(directory.resolve("Y"))).hasSize(4);
  }

  @Test
  void tasksThatGoToSqsAndBackAtOnceAreEachInOneQueue() throws Exception {
    int port = freePort();
    SQSRestServer server = SQSRestServerBuilder.withInterface("127.0.0.1").withPort(port).start();
    try {
      await().until(() -> isListening(port));
      String sqs = "sqs://tiles?create=true&endpoint=http://127.0.0.1:" + port;
      submit("X", 0, TASKS);

      for (int round = 0; round < 3; round++) {
        FqProcess there = start("mv", "X", sqs);
        FqProcess back = start("mv", sqs, "X");
        there.exitCode();
        back.exitCode();
      }
      FqProcess home = run("mv", sqs, "X");

      assertThat(home.exitCode()).as(home.err()).isZero();
      assertThat(counted(List.of(directory.resolve("X"))))
          .containsOnlyKeys(numbers(TASKS))
          .allSatisfy((number, count) -> assertThat(count).isEqualTo(1));

      FqProcess killed = start("mv", "X", sqs);
      Path tasks = directory.resolve("X/queue");
      await().atMost(Duration.ofMinutes(1)).until(() -> !killed.isAlive() || isLeased(tasks));
      killed.kill();
      run("release", "X");
      run("mv", sqs, "X");

      // What the killed one had sent and not deleted is there twice, since SQS cannot tell.
      assertThat(counted(List.of(directory.resolve("X"))).keySet())
          .containsExactlyInAnyOrderElementsOf(numbers(TASKS));
      FqProcess same = run("mv", sqs, sqs.replace("127.0.0.1", "localhost"));
      assertThat(same.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(same.err()).contains("found the same");
    } finally {
      server.stopAndWait();
    }
  }

  @Test
  void createMakesTheDestinationAndNeverTheSource() throws Exception {
    int port = freePort();
    SQSRestServer server = SQSRestServerBuilder.withInterface("127.0.0.1").withPort(port).start();
    String endpoint = "http://127.0.0.1:" + port;
    try {
      await().until(() -> isListening(port));
      for (String verb : List.of("mv", "cp")) {
        FqProcess typo = run(verb, "sqs://typo", "X", "--create", "--endpoint", endpoint);

        assertThat(typo.exitCode()).isEqualTo(ExitCode.TROUBLE);
        // Newer JDKs warn of what Netty does.
        assertThat(typo.err().lines().filter(line -> !line.startsWith("WARNING: ")))
            .singleElement()
            .asString()
            .startsWith("fq: sqs://typo: no such queue ");
        assertThat(directory.resolve("X")).doesNotExist();
      }
      submit("X", 0, 2);
      assertThat(run("cp", "X", "sqs://there", "--create", "--endpoint", endpoint).out())
          .isEqualTo("copied 2\n");
    } finally {
      server.stopAndWait();
    }
  }

  private static boolean isLeased(Path tasks) throws IOException {
    try (Stream<Path> names = Files.list(tasks)) {
      return names.anyMatch(name -> !name.getFileName().toString().startsWith("0--"));
    }
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
