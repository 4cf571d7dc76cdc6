package dev.fq.cli;

import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.NamedTask;
import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.Uniqueness;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueOption.Use;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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
      names = "--unique",
      description =
          "Insert no task that is there already: waiting, delayed, leased or dead. Tasks with the same"
              + " payload are the same task, unless their ids are given.")
  private boolean unique;

  @Option(
      names = "--unless-completed",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "As --unique; and no task that was completed within this time before, as far as workers"
              + " have recorded that (fq record on).")
  private @Nullable Duration unlessCompleted;

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
    insertAll(queue, isUnique(), (tasks, options) -> tasks.insertPayloads(payloads, options));
  }

  /** Inserts these under their ids, those that are not there; for the rest as {@link #insert}. */
  void insertNamed(String queue, Iterator<NamedTask> named) throws IOException {
    insertAll(queue, true, (tasks, options) -> tasks.insertNamed(named, options));
  }

  private boolean isUnique() {
    return unique || unlessCompleted != null;
  }

  private void insertAll(String queue, boolean once, Insertion insertion) throws IOException {
    Account account;
    try (Output ids = new Output(verb.commandLine().getOut())) {
      account =
          insert(queue, once, insertion, -1, printIds ? id -> ids.line(id.value()) : id -> {});
    }
    if (Signals.exitCode().isPresent()) {
      // Ctrl-C also ends the program that writes the input: its end was not the end of the input.
      throw new IOException("interrupted; " + before(account.inserted), new InterruptedException());
    }
    if (!printIds) {
      verb.commandLine().getOut().println("inserted " + account);
    }
  }

  /** Inserts this one, and prints its id; for the rest as {@link #insert}. */
  void insertOne(String queue, Payload payload) throws IOException {
    insertOne(
        queue,
        isUnique(),
        (tasks, options) -> tasks.insertPayloads(List.of(payload).iterator(), options));
  }

  /** Inserts this one under its id, and prints it; for the rest as {@link #insertNamed}. */
  void insertOne(String queue, NamedTask named) throws IOException {
    insertOne(
        queue, true, (tasks, options) -> tasks.insertNamed(List.of(named).iterator(), options));
  }

  private void insertOne(String queue, boolean once, Insertion insertion) throws IOException {
    List<TaskId> ids = new ArrayList<>();
    Account account = insert(queue, once, insertion, 1, ids::add);
    String id = ids.stream().map(TaskId::value).collect(Collectors.joining());
    if (!printIds) {
      verb.commandLine().getOut().println("inserted " + account + (id.isEmpty() ? "" : ": " + id));
    } else if (!id.isEmpty()) {
      verb.commandLine().getOut().println(id);
    }
  }

  @FunctionalInterface
  private interface Insertion {
    long into(TaskQueue tasks, InsertOptions options) throws IOException;
  }

  /** How many were inserted, and how many were there already. */
  private record Account(long inserted, long known) {
    @Override
    public String toString() {
      return known == 0 ? Long.toString(inserted) : inserted + ", there already " + known;
    }
  }

  /**
   * @param once whether tasks that are there already are passed over
   */
  private Account insert(
      String queue, boolean once, Insertion insertion, long total, Consumer<TaskId> inserted)
      throws IOException {
    Signals.stopGently(Thread.currentThread()::interrupt);
    TaskQueue.Builder opening = settings.at(queue);
    if (durable) {
      opening.option("durable", "true");
    }
    if (python) {
      opening.option("python", "true");
    }
    AtomicLong known = new AtomicLong();
    InsertOptions options = options(once, known).total(total).ids(inserted);
    try (TaskQueue tasks = opening.open();
        ProgressBar bar = ProgressBar.named("inserting")) {
      return new Account(insertion.into(tasks, options.progress(bar)), known.get());
    } catch (IncompleteInsertException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(Trouble.line(cause) + "; " + before(e.inserted()), e);
    }
  }

  private InsertOptions options(boolean once, AtomicLong known) {
    InsertOptions options = InsertOptions.none().delay(delay).limits(limits()).bundle(bundle);
    return once ? options.unique(uniqueness(known)) : options;
  }

  private Uniqueness uniqueness(AtomicLong known) {
    Uniqueness uniqueness = Uniqueness.ofWhatIsThere().known(id -> known.incrementAndGet());
    return unlessCompleted == null ? uniqueness : uniqueness.completedWithin(unlessCompleted);
  }

  private static String before(long inserted) {
    return inserted == 0
        ? "nothing was inserted"
        : inserted == 1
            ? "1 task before it was inserted"
            : inserted + " tasks before it were inserted";
  }
}
