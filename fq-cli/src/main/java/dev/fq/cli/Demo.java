package dev.fq.cli;

import dev.fq.CommandTask;
import dev.fq.InsertOptions;
import dev.fq.ProgressBar;
import dev.fq.Task;
import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Printable;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The story that {@code fq demo} tells, with real tasks and real processes. */
final class Demo {

  private static final int TASKS = 500;
  private static final long LOOK_MILLIS = 20;

  private final Path directory;
  private final Path queue;
  private final Path sums;
  private final List<String> fq;
  private final PrintWriter out;

  /**
   * @param fq how the command is started
   */
  Demo(Path directory, List<String> fq, PrintWriter out) {
    this.fq = fq;
    this.directory = directory;
    this.queue = directory.resolve("q");
    this.sums = directory.resolve("sums.txt");
    this.out = out;
  }

  void run() throws IOException, InterruptedException {
    try (TaskQueue tasks = TaskQueue.open(queue.toString(), OpenMode.CREATE)) {
      insert(tasks);
      Process survivor = startWorker(1);
      Process victim = startWorker(2);
      Thread cleanUp = new Thread(() -> List.of(survivor, victim).forEach(Process::destroy));
      Runtime.getRuntime().addShutdownHook(cleanUp);
      watch(tasks, survivor, victim);
      Runtime.getRuntime().removeShutdownHook(cleanUp);
      tell(tasks);
      leaveSomethingToTry(tasks);
    }
  }

  private void insert(TaskQueue tasks) throws IOException {
    List<Task> all = new ArrayList<>();
    for (Path file : filesOfTheJdk()) {
      all.add(command("cksum", file.toString()));
    }
    all.add(command("sh", "-c", "echo 'no such tile' >&2; exit 1"));
    tasks.insert(all);
    say(
        "Inserted %s tasks into %s: checksums of files of this JDK, and one that always fails.",
        all.size(), queue);
  }

  private static Task command(String... argv) {
    return new CommandTask(Arrays.asList(argv), null, Map.of());
  }

  /** Some files more than once if there are not so many. */
  private static List<Path> filesOfTheJdk() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.home")))) {
      List<Path> some =
          files.filter(Files::isReadable).filter(Files::isRegularFile).limit(TASKS).toList();
      List<Path> enough = new ArrayList<>();
      Iterator<Path> next = Collections.emptyIterator();
      while (enough.size() < TASKS) {
        next = next.hasNext() ? next : some.iterator();
        enough.add(next.next());
      }
      return enough;
    }
  }

  private Process startWorker(int number) throws IOException {
    List<String> work = new ArrayList<>(fq);
    work.addAll(List.of("work", queue.toString(), "--slots", "2", "--lease", "5s"));
    work.addAll(List.of("--attempts", "2", "--exit-on-empty"));
    ProcessBuilder builder = new ProcessBuilder(work);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(sums.toFile()));
    builder.redirectError(log(number).toFile());
    Process worker = builder.start();
    say(
        "Started worker %s with 2 slots, process %s; its log is %s.",
        number, worker.pid(), log(number));
    return worker;
  }

  private Path log(int number) {
    return directory.resolve("worker-" + number + ".log");
  }

  private void watch(TaskQueue tasks, Process survivor, Process victim)
      throws IOException, InterruptedException {
    awaitCompleted(tasks, TASKS / 2, survivor);
    long done = completed(tasks);
    victim.destroyForcibly().waitFor();
    tellOfVictim(tasks, victim.pid(), done);
    awaitCompleted(tasks, TASKS, survivor);
    survivor.waitFor();
  }

  /** With a bar of its own each time: what is told in between would run into it. */
  private static void awaitCompleted(TaskQueue tasks, long wanted, Process worker)
      throws IOException, InterruptedException {
    try (ProgressBar bar = ProgressBar.named("tasks done")) {
      long done = completed(tasks);
      while (done < wanted && worker.isAlive()) {
        bar.at(done, TASKS);
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        done = completed(tasks);
      }
      bar.at(done, TASKS);
    }
  }

  private static long completed(TaskQueue tasks) throws IOException {
    return tasks.stats().completed().orElse(0);
  }

  private void tellOfVictim(TaskQueue tasks, long pid, long done) throws IOException {
    try (Stream<TaskInfo> all = tasks.backend().list()) {
      List<TaskInfo> held =
          all.filter(info -> info.state() == TaskState.LEASED)
              .filter(info -> String.valueOf(info.holder()).contains("-" + pid + "-"))
              .toList();
      say("Killed worker 2 with SIGKILL when %s tasks were done. It held %s:", done, held.size());
      held.forEach(
          info -> say("  task %s, leased until %s", info.id(), Printable.time(info.due())));
      say("Nobody has to clean up: when that time is over, worker 1 takes them.");
    }
  }

  private void tell(TaskQueue tasks) throws IOException {
    QueueStats stats = tasks.stats();
    try (Stream<String> lines = Files.lines(sums)) {
      say(
          "%nWorker 1 has done the rest: %s tasks completed, %s checksums in %s.",
          stats.completed().orElse(0), lines.count(), sums);
    }
    say("The one that always fails is dead after 2 attempts, with the reasons beside it.%n");
    out.print(StatusReport.text(tasks.toString(), stats, true));
    out.flush();
  }

  private void leaveSomethingToTry(TaskQueue tasks) throws IOException {
    Task hello = command("echo", "hello from a delayed task");
    tasks.insert(List.of(hello, hello, hello), InsertOptions.none().delay(Duration.ofDays(1)));
    say("%nThree tasks are in the queue now that are due tomorrow. Try:%n");
    say("  ls %s/queue %s/dead", queue, queue);
    say("  cat %s/dead/*.log", queue);
    say("  find %s/queue -name '*.json' | xargs sed -i 's/hello/good morning/'", queue);
    say("  for t in %s/queue/*--*; do mv $t %s/queue/0--${t#*--}; done    # due now", queue, queue);
    say("  fq work %s --exit-on-empty", queue);
    say("  fq status %s", queue);
  }

  private void say(String format, Object... arguments) {
    out.printf(format + "%n", arguments);
    out.flush();
  }
}
