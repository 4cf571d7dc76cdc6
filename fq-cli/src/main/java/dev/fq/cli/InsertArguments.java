package dev.fq.cli;

import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueOption.Use;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the verbs that bring tasks in have in common. */
final class InsertArguments {

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Nobody works on the tasks before this time has passed.")
  private Duration delay = Duration.ZERO;

  @Option(
      names = "--durable",
      description = "Return only when the tasks would outlast a power cut.")
  private boolean durable;

  @Option(
      names = "--python",
      description =
          "Make the queue, if it is not there, one that workers of python-task-queue can share"
              + " (docs/python.md).")
  private boolean python;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description = "How often each task is attempted before it is dead, whatever the worker says.")
  private @Nullable Integer attempts;

  @Option(
      names = "--retry-delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "About how long after its first failure a task is tried again, doubling with every other,"
              + " whatever the worker says.")
  private @Nullable Duration retryDelay;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long each attempt may take, whatever the worker says; then its command is ended, and"
              + " the attempt has failed.")
  private @Nullable Duration timeout;

  @Option(
      names = "--bundle",
      paramLabel = "N",
      description =
          "Put up to N tasks into one file, which is quicker for many small ones; 1000 is a good"
              + " number. Workers need no option for it.")
  private int bundle;

  @Option(
      names = "--print-ids",
      description = "Print the ids of the inserted tasks, one a line, and nothing else.")
  private boolean printIds;

  @Mixin private final QueueSettings settings = QueueSettings.with(Use.CREATE);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

  private TaskLimits limits() {
    TaskLimits limits = TaskLimits.none();
    limits = attempts == null ? limits : limits.attempts(attempts);
    limits = retryDelay == null ? limits : limits.retryDelay(retryDelay);
    return timeout == null ? limits : limits.timeout(timeout);
  }

  /**
   * Inserts these payloads, with progress, and prints how many or which. A signal ends that after
   * the batch that is under way.
   *
   * @throws IOException saying how many went in, when not all did
   */
  void insert(String queue, Iterator<Payload> payloads) throws IOException {
    long inserted;
    try (Output ids = new Output(verb.commandLine().getOut())) {
      inserted = insert(queue, payloads, -1, printIds ? id -> ids.line(id.value()) : id -> {});
    }
    if (Signals.exitCode().isPresent()) {
      // Ctrl-C also ends the program that writes the input: its end was not the end of the input.
      throw new IOException("interrupted; " + before(inserted), new InterruptedException());
    }
    if (!printIds) {
      verb.commandLine().getOut().println("inserted " + inserted);
    }
  }

  /** Inserts this one, and prints its id; for the rest as {@link #insert}. */
  void insertOne(String queue, Payload payload) throws IOException {
    List<TaskId> ids = new ArrayList<>();
    long inserted = insert(queue, List.of(payload).iterator(), 1, ids::add);
    String id = ids.stream().map(TaskId::value).collect(Collectors.joining());
    verb.commandLine().getOut().println(printIds ? id : "inserted " + inserted + ": " + id);
  }

  private long insert(
      String queue, Iterator<Payload> payloads, long total, Consumer<TaskId> inserted)
      throws IOException {
    Signals.stopGently(Thread.currentThread()::interrupt);
    TaskQueue.Builder opening = settings.at(queue);
    if (durable) {
      opening.option("durable", "true");
    }
    if (python) {
      opening.option("python", "true");
    }
    try (TaskQueue tasks = opening.open();
        ProgressBar bar = ProgressBar.named("inserting")) {
      return tasks.insertPayloads(
          payloads,
          InsertOptions.none()
              .delay(delay)
              .limits(limits())
              .total(total)
              .bundle(bundle)
              .ids(inserted)
              .progress(bar));
    } catch (IncompleteInsertException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(Trouble.line(cause) + "; " + before(e.inserted()), e);
    }
  }

  private static String before(long inserted) {
    return inserted == 0
        ? "nothing was inserted"
        : inserted == 1
            ? "1 task before it was inserted"
            : inserted + " tasks before it were inserted";
  }
}
