package dev.fq.cli.chaos;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Has worker processes work on a queue while producers insert, an operator interferes, and
 * processes are killed (SIGKILL), frozen beyond their lease (SIGSTOP, SIGCONT) and told to stop
 * (SIGTERM). What is done when, and to which of them, is the seed's; how far they are by then is
 * not.
 *
 * <p>On several hosts, one run has {@code --produce} and {@code --operate}; all write their
 * journals to one directory, over which {@code --judge} is called at the end.
 */
@Command(name = "chaos", mixinStandardHelpOptions = true)
final class ChaosRun implements Callable<Integer> {

  private static final Duration LAST_PATIENCE = Duration.ofMinutes(10);

  @Option(names = "--jar", required = true, description = "The self-contained fq.jar.")
  private Path jar;

  @Option(names = "--queue", required = true)
  private Path queue;

  @Option(names = "--journals", required = true, description = "A directory that all runs share.")
  private Path journals;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Option(names = "--workers", defaultValue = "8")
  private int workers;

  @Option(names = "--slots", defaultValue = "2")
  private int slots;

  @Option(names = "--lease", defaultValue = "6", description = "Seconds.")
  private int lease;

  @Option(names = "--attempts", defaultValue = "6")
  private int attempts;

  @Option(names = "--seconds", defaultValue = "120", description = "How long to disturb.")
  private int seconds;

  @Option(
      names = "--every",
      defaultValue = "2000",
      description = "Milliseconds from one disturbance to the next, on the average.")
  private int every;

  @Option(names = "--produce", defaultValue = "0", description = "How many tasks to insert.")
  private int produce;

  @Option(
      names = "--longest",
      defaultValue = "1500",
      description = "Milliseconds that the longest task takes.")
  private int longest;

  @Option(names = "--operate", description = "Whether an operator interferes too.")
  private boolean operate;

  @Option(names = "--judge", description = "Judge at the end.")
  private boolean judge;

  @Option(
      names = "--faketime",
      description = "libfaketime.so.1; then the clocks of two workers in three are wrong.")
  private @Nullable Path faketime;

  private final List<Process> running = new ArrayList<>();
  private final List<Process> leaving = new ArrayList<>();
  private final List<Process> operators = new ArrayList<>();
  private final List<Thread> background = new ArrayList<>();
  private Random random = new Random();
  private Player player;
  private Journal journal;
  private @Nullable Process producer;
  private int toProduce;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ChaosRun()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(journals);
    random = new Random(seed);
    player = new Player(jar, journals);
    journal = new Journal(journals);
    toProduce = produce;
    FileQueue.at(queue).open(OpenMode.CREATE).close();
    try {
      startProducer();
      for (int i = 0; i < workers; i++) {
        running.add(startWorker(i));
      }
      long start = System.nanoTime();
      while (seconds > 0 && !isTimeToFinish(start)) {
        TimeUnit.MILLISECONDS.sleep(every / 2 + random.nextInt(every));
        disturb();
      }
      finish();
    } finally {
      running.forEach(Process::destroyForcibly);
    }
    if (judge) {
      Verdict.of(queue, journals, Duration.ofSeconds(lease), slots)
          .forEach((name, figure) -> System.out.println(name + ": " + figure));
    }
    return 0;
  }

  /** A slow machine has done less by then, and there must be work to disturb. */
  private boolean isTimeToFinish(long start) throws IOException {
    long passed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    boolean producing = producer != null && producer.isAlive();
    return passed >= 4L * seconds || (passed >= seconds && !producing && isNearlyDone());
  }

  private boolean isNearlyDone() throws IOException {
    try (Stream<Path> tasks = Files.list(queue.resolve("queue"))) {
      return tasks.limit(2L * workers * slots).count() < 2L * workers * slots;
    }
  }

  private Process startWorker(int place) throws IOException {
    return player.fq(
        wrongClock(place),
        "work",
        queue.toString(),
        "-n",
        "" + slots,
        "--lease",
        lease + "s",
        "--attempts",
        "" + attempts,
        "--grace",
        "1s",
        "--record",
        "--output",
        "all",
        "-v",
        "--log",
        "json",
        "--classpath",
        Player.testClasses().toString(),
        "--value",
        ChaosTask.JOURNALS + "=" + journals);
  }

  /**
   * A third of the workers is right, a third ten minutes ahead, a third ten minutes behind.
   *
   * <p>FORCE_MONOTONIC_FIX is for a C library that had waited by the wrong clock; with one that
   * does not, and the monotonic clock left alone, all waits of a JVM end at once and it is busy all
   * the time (libfaketime 0.9.10, glibc 2.36).
   */
  private Map<String, String> wrongClock(int place) {
    if (faketime == null || place % 3 == 0) {
      return Map.of();
    }
    return Map.of(
        "LD_PRELOAD",
        faketime.toString(),
        "FAKETIME",
        place % 3 == 1 ? "+600" : "-600",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "DONT_FAKE_MONOTONIC",
        "1",
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0",
        "NO_FAKE_STAT",
        "1");
  }

  private void startProducer() throws IOException {
    if (toProduce > 0) {
      long pause = Math.max(1, TimeUnit.SECONDS.toMillis(seconds) / 2 / (1 + produce / 25));
      producer =
          player.main(
              Producer.class,
              queue.toString(),
              journals.toString(),
              "" + toProduce,
              "" + random.nextLong(),
              "" + pause,
              "" + longest);
    }
  }

  private void disturb() throws Exception {
    int place = random.nextInt(workers);
    int what = random.nextInt(100);
    if (what < 20) {
      kill(place);
    } else if (what < 35) {
      freeze(place);
    } else if (what < 50) {
      terminate(place);
    } else if (what < 60) {
      killProducer();
    } else if (operate && what < 70) {
      release();
    } else if (operate && what < 90) {
      moveToZero();
    } else if (operate) {
      operators.add(player.fq(Map.of(), "status", queue.toString(), "--json"));
    }
  }

  private void kill(int place) throws Exception {
    Process worker = running.get(place);
    // Before, since it may be leased away from the moment on.
    journal.write("killed", worker.pid());
    worker.destroyForcibly().waitFor();
    running.set(place, startWorker(place));
  }

  /** Until well after its leases have ended. */
  private void freeze(int place) throws Exception {
    Process worker = running.get(place);
    long start = System.nanoTime();
    Player.signal("STOP", worker);
    inBackground(
        () -> {
          TimeUnit.MILLISECONDS.sleep(1_700L * lease);
          Player.signal("CONT", worker);
          journal.write("stopped", worker.pid(), System.nanoTime() - start);
        });
  }

  private void terminate(int place) throws Exception {
    Process worker = running.get(place);
    worker.destroy();
    leaving.add(worker);
    running.set(place, startWorker(place));
  }

  private void killProducer() throws Exception {
    if (producer != null && producer.isAlive()) {
      producer.destroyForcibly().waitFor();
      // It may have inserted all there was, and then no other follows.
      producer = null;
      toProduce =
          produce
              - (int)
                  Journal.read(journals).stream()
                      .filter(event -> event.kind().equals("inserted"))
                      .count();
      startProducer();
    }
  }

  private void release() throws IOException {
    long start = System.nanoTime();
    Process release = player.fq(Map.of(), "release", queue.toString());
    operators.add(release);
    inBackground(
        () -> {
          Player.end(release);
          journal.write("released", System.nanoTime() - start);
        });
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private void inBackground(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    background.add(thread);
  }

  /** As a technician does it: mv of the names of some tasks and bundles that are leased. */
  private void moveToZero() throws IOException {
    List<Path> leased = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(queue.resolve("queue"))) {
      tasks
          .filter(file -> file.toString().matches(".*--.*\\.\\d+\\..*\\.jsonl?"))
          .forEach(leased::add);
    }
    for (Path file : leased) {
      String name = file.getFileName().toString();
      if (random.nextInt(4) == 0) {
        for (String id : idsOfTasks(file)) {
          journal.write("freed", id);
        }
        moveUnlessGone(file, file.resolveSibling(name.replaceFirst("^\\d+", "0")));
      }
    }
  }

  private static List<String> idsOfTasks(Path file) throws IOException {
    List<String> ids = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        ids.add(line.replaceFirst(".*\"id\": *\"([^\"]*)\".*", "$1"));
      }
    } catch (NoSuchFileException e) {
      System.err.println("cat: " + e.getMessage() + " has been ended by its holder");
    }
    return ids;
  }

  private static void moveUnlessGone(Path from, Path to) throws IOException {
    try {
      Files.move(from, to);
    } catch (NoSuchFileException e) {
      System.err.println("mv: " + e.getMessage() + " has been ended by its holder");
    }
  }

  private void finish() throws Exception {
    for (Thread thread : background) {
      thread.join();
    }
    for (Process operator : operators) {
      requireSound("an operator's command", Player.end(operator));
    }
    if (producer != null && Player.end(producer) != 0) {
      throw new AssertionError("the producer failed; see its log in " + journals);
    }
    for (Process worker : leaving) {
      requireSound("a worker that was told to stop", Player.end(worker));
    }
    awaitNothingLeft();
    for (Process worker : running) {
      worker.destroy();
      requireSound("a worker that was told to stop at the end", Player.end(worker));
    }
  }

  private static void requireSound(String which, int exitCode) {
    // 143: it was told before the JVM listened to signals.
    if (exitCode != 0 && exitCode != 3 && exitCode != 143) {
      throw new AssertionError(which + " ended with " + exitCode);
    }
  }

  private void awaitNothingLeft() throws Exception {
    long end = System.nanoTime() + LAST_PATIENCE.toNanos();
    try (FileQueue opened = FileQueue.at(queue).open(OpenMode.EXISTING)) {
      while (!opened.isEmpty()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("not done after " + LAST_PATIENCE + ": " + left(opened));
        }
        TimeUnit.MILLISECONDS.sleep(500);
      }
    }
  }

  private static List<TaskInfo> left(FileQueue opened) throws IOException {
    try (Stream<TaskInfo> tasks = opened.list()) {
      return tasks.filter(task -> task.state() != TaskState.DEAD).limit(20).toList();
    }
  }
}
