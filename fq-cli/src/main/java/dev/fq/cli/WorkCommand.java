package dev.fq.cli;

import dev.fq.CommandTask;
import dev.fq.TaskQueue;
import dev.fq.UnfitHostException;
import dev.fq.Worker;
import dev.fq.WorkerBuilder;
import dev.fq.WorkerReport;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Works on tasks.
 *
 * <p>It makes a queue only when told to, since a path that is mistyped in a job script would look
 * like an empty queue. Rejected: making only the last directory of a path, since that is where the
 * typo is.
 */
@Command(
    name = "work",
    description = {
      "Work on the tasks of a queue or of several, N at a time: run their commands, and execute"
          + " those of the types that --classpath brings.",
      "",
      "A command that exits with 0 is done, and so is a task that throws nothing. Else the attempt"
          + " has failed; the task is tried again after a growing delay, and is dead when its"
          + " attempts are used up. Output goes to this worker's own; with -v the id of its task"
          + " stands before each line, and the log tells each step. Where no queue is, this ends"
          + " with 1, unless --create makes one.",
      "",
      "Of several queues, the worker leaves one that is gone, that this user may not use, or whose"
          + " tasks this host cannot attempt, goes on with the others, and says so at the end.",
      "",
      "In a Slurm job that tells its end (SLURM_JOB_END_TIME), no task begins that could not have its"
          + " lease time before it.",
      "",
      "On SIGTERM or SIGINT the worker leases no more, lets running tasks end within the grace"
          + " time, and gives the rest back; a second signal ends it at once."
    },
    footer = {
      "",
      "Examples:",
      "  fq work ./q -n 8",
      "  fq work ./q -n 8 --keep-order --exit-on-empty > results",
      "  fq work ./q -n 8 --record --output failed > /dev/null",
      "  fq work -n 16 urgent bulk",
      "  fq work -n 16 --memory 48G --gpus 0,1 small:2G big:4:16G train:gpu",
      "  fq work /shared/q -n $(nproc) --exit-on-empty --lease 10m --time-limit 23h",
      "  fq work /shared/q --classpath 'tiles.jar:lib/*' --value bucket=gs://tiles"
    })
final class WorkCommand extends Verb {

  private static final Duration MAX_RETRY_DELAY = Duration.ofMinutes(10);

  @Mixin private final WorkedQueues queues = new WorkedQueues();

  @Option(
      names = {"-n", "--slots"},
      paramLabel = "SLOTS",
      defaultValue = "1",
      description =
          "How many tasks run at once that take one slot each; ${DEFAULT-VALUE} unless given. A command"
              + " finds the number of its slot in FQ_SLOT, and how many it has in FQ_SLOTS.")
  private int slots;

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description =
          "How long a task is leased at a time; a living worker renews it. A killed worker's tasks"
              + " are run by others after this time. ${DEFAULT-VALUE} unless given.")
  private Duration lease;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How often a task is attempted that does not say so itself, before it is dead;"
              + " ${DEFAULT-VALUE} unless given.")
  private int attempts;

  @Option(
      names = "--retry-delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "About how long after its first failure a task is tried again that does not say so itself,"
              + " doubling with every other up to 10m; 2s unless given.")
  private @Nullable Duration retryDelay;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long an attempt may take at a task that does not say so itself; then its command gets"
              + " SIGTERM, and after the grace time SIGKILL, and the attempt has failed.")
  private @Nullable Duration timeout;

  @Option(
      names = "--host-trouble-limit",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "End with exit code 5 after so many times in a row that this host could not attempt a task"
              + " (no such program or directory, no more files or processes) and none succeeded;"
              + " ${DEFAULT-VALUE} unless given. Such tasks are given back, and use up no attempt.")
  private int hostTroubleLimit;

  @Option(
      names = "--exit-on-empty",
      description =
          "End when nothing is waiting, delayed or leased, by anybody, in any of the queues: stays for retries and for"
              + " the leases of others to end. Of a service, the queue must look empty for a while; where"
              + " it cannot tell, take --idle-timeout.")
  private boolean exitOnEmpty;

  @Option(
      names = "--max-tasks",
      paramLabel = "N",
      description = "End when this many tasks were begun.")
  private @Nullable Long maxTasks;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Lease no more after this time; running tasks end in their own time, unless a signal or"
              + " --hard-time-limit hurries them.")
  private @Nullable Duration timeLimit;

  @Option(
      names = "--hard-time-limit",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Lease no more after this time; running tasks have the grace time then.")
  private @Nullable Duration hardTimeLimit;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "End when there was nothing to do for this time.")
  private @Nullable Duration idleTimeout;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description =
          "How long running tasks may go on when the worker must end; ${DEFAULT-VALUE} unless"
              + " given.")
  private Duration grace;

  @Option(
      names = "--drain",
      paramLabel = "FILE",
      description =
          "Begin nothing more when this file appears; running tasks end in their own time.")
  private @Nullable Path drain;

  @Option(
      names = "--keep-order",
      description =
          "Begin the tasks of a file queue in the order of their inserts, and print what the"
              + " commands print in that order, whichever ends first. For one worker: others take"
              + " tasks out of the row. All waiting names are in memory.")
  private boolean keepOrder;

  @Option(
      names = "--record",
      negatable = true,
      description =
          "Record the outcome of each attempt in the queue, for fq history, and what it returned, for"
              + " fq results; --no-record does not even where the queue asks for it (fq record on).")
  private @Nullable Boolean record;

  @Mixin private final RecordArgument records = new RecordArgument();

  private enum Kept {
    ALL,
    FAILED,
    NONE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--output",
      paramLabel = "WHICH",
      description =
          "Keep what tasks write, for fq log, beside passing it on: ${COMPLETION-CANDIDATES}. That of"
              + " failed attempts is kept when they have ended; none unless given.")
  private Kept output = Kept.NONE;

  @Mixin private final OutputArgument outputs = new OutputArgument();

  @Option(
      names = "--output-limit",
      paramLabel = "SIZE",
      defaultValue = "1M",
      converter = SizeConverter.class,
      description =
          "How much is kept of each output of an attempt, the first and the last half;"
              + " ${DEFAULT-VALUE} unless given. In bytes, or with K, M or G. The last half is in memory"
              + " meanwhile.")
  private long outputLimit;

  @Option(
      names = "--output-total",
      paramLabel = "SIZE",
      defaultValue = "10G",
      converter = SizeConverter.class,
      description =
          "Keep no more when all that is kept in this queue has this size, compressed;"
              + " ${DEFAULT-VALUE} unless given. fq history --prune makes room.")
  private long outputTotal;

  @Option(names = "--no-tally", description = "Do not count completed tasks in the queue.")
  private boolean noTally;

  @Option(
      names = "--stop-on-failure",
      description =
          "End with exit code 1 when an attempt fails; the task is tried again all the same.")
  private boolean stopOnFailure;

  @Option(
      names = "--classpath",
      paramLabel = "JARS",
      description =
          "Jars and directories of classes, separated as for java -cp; DIR/* is every jar in DIR."
              + " Their tasks and @Queueable functions, and no others, are executed.")
  private @Nullable String classpath;

  @Option(
      names = "--value",
      paramLabel = "NAME=TEXT",
      description = "What tasks find under this name in their context; may be given several times.")
  private Map<String, String> values = new LinkedHashMap<>();

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description =
          "How to log to standard error: ${COMPLETION-CANDIDATES}; text unless given. In json each"
              + " line is an object, and what concerns a task has its id under mdc.task.")
  @SuppressWarnings("UnusedVariable") // read by Main, before the first logger is made
  private Logging.Format log = Logging.Format.TEXT;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireOutputForItsOptions();
    try (TaskJars jars = TaskJars.open(classpath)) {
      List<TaskQueue> opened = queues.open(opening -> opening(opening, jars));
      try {
        return work(opened, jars);
      } finally {
        for (TaskQueue tasks : opened) {
          tasks.close();
        }
      }
    }
  }

  private int work(List<TaskQueue> opened, TaskJars jars) throws IOException, InterruptedException {
    // Slots and what tasks start inherit it, and libraries look for their parts there.
    Thread.currentThread().setContextClassLoader(jars.loader());
    jars.leftOut().forEach(text -> err().println("fq: --classpath: left out: " + text));
    Worker worker = worker(opened);
    Signals.stopGently(worker::stop);
    WorkerReport report = worker.run();
    int left = tellOfQueuesThatWereLeft(report);
    if (left != ExitCode.DONE || tellOfTasksPassedOver(opened)) {
      return left == ExitCode.DONE ? ExitCode.TROUBLE : left;
    }
    return report.dead() > 0 ? ExitCode.DEAD : ExitCode.DONE;
  }

  private int tellOfQueuesThatWereLeft(WorkerReport report) {
    int code = ExitCode.DONE;
    for (WorkerReport.OfQueue queue : report.queues()) {
      Exception trouble = queue.trouble();
      if (trouble != null) {
        err().printf("fq: %s was left: %s%n", queue.queue(), trouble.getMessage());
        code = trouble instanceof UnfitHostException ? ExitCode.UNFIT_HOST : ExitCode.TROUBLE;
      }
    }
    return code;
  }

  private boolean tellOfTasksPassedOver(List<TaskQueue> opened) {
    boolean some = false;
    for (TaskQueue tasks : opened) {
      long passedOver = tasks.backend().passedOver();
      if (passedOver > 0) {
        some = true;
        err()
            .printf(
                "fq: %s tasks wait in %s that this user may not lease; fq doctor says why%n",
                passedOver, tasks);
      }
    }
    return some;
  }

  private TaskQueue.Builder opening(TaskQueue.Builder builder, TaskJars jars) {
    builder.registry(jars.registry());
    return keepOrder ? builder.option("ordered", "true") : builder;
  }

  private void record(WorkerBuilder builder) throws IOException {
    OutcomeLog directory = records.given();
    if (directory != null) {
      builder.recordIn(directory);
    } else if (record != null) {
      builder.record(record);
    }
  }

  /** Else nothing would be kept, and nobody would know before it is wanted. */
  private void requireOutputForItsOptions() {
    for (String option : List.of(OutputArgument.NAME, "--output-limit", "--output-total")) {
      if (output == Kept.NONE && isGiven(option)) {
        throw refusal(option + ": expected --output all or --output failed beside it");
      }
    }
  }

  private void keepOutput(WorkerBuilder builder, List<TaskQueue> opened) throws IOException {
    if (output == Kept.NONE) {
      return;
    }
    OutputLog.Keep which = output == Kept.ALL ? OutputLog.Keep.ALL : OutputLog.Keep.FAILED;
    OutputLog directory = outputs.given();
    if (directory != null) {
      builder.keepOutput(which, directory);
    } else {
      for (TaskQueue tasks : opened) {
        outputs.of(tasks);
      }
      builder.keepOutput(which);
    }
    builder.outputLimits(new OutputLog.Limits(outputLimit, outputTotal));
  }

  private Worker worker(List<TaskQueue> opened) throws IOException {
    WorkerBuilder builder =
        queues
            .worker(opened)
            .value(CommandTask.PREFIX_OUTPUT, isVerbose())
            .stopOnFailure(stopOnFailure)
            .slots(slots)
            .leaseTime(lease)
            .attempts(attempts)
            .hostTroubleLimit(hostTroubleLimit)
            .exitOnEmpty(exitOnEmpty)
            .keepOrder(keepOrder)
            .grace(grace)
            .tally(!noTally);
    values.forEach(builder::value);
    record(builder);
    keepOutput(builder, opened);
    if (drain != null) {
      DrainFile file = new DrainFile(drain);
      builder.stopWhen("the drain file appeared", soFar -> file.isThere());
    }
    SlurmJob.of(FqCommand.environment(spec())).ifPresent(job -> endBefore(job, builder));
    if (maxTasks != null) {
      builder.maxTasks(maxTasks);
    }
    if (timeLimit != null) {
      builder.timeLimit(timeLimit);
    }
    if (hardTimeLimit != null) {
      builder.hardTimeLimit(hardTimeLimit);
    }
    if (timeout != null) {
      builder.timeout(timeout);
    }
    if (retryDelay != null) {
      builder.retryDelay(retryDelay, longer(retryDelay, MAX_RETRY_DELAY));
    }
    if (classpath != null) {
      // A jar that has gone since it was opened, or cannot be read any more.
      builder.hostTroubleOn(NoClassDefFoundError.class).hostTroubleOn(ClassNotFoundException.class);
    }
    if (idleTimeout != null) {
      builder.idleTimeout(idleTimeout);
    }
    return builder.build();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private void endBefore(SlurmJob job, WorkerBuilder builder) {
    Instant lastStart = job.lastStart(lease);
    Clock clock = FqCommand.clock(spec());
    boolean tooLate = !clock.instant().isBefore(lastStart);
    err()
        .printf(
            "fq: Slurm ends this job at %s: no task begins after %s, a lease time before%s%n",
            Printable.time(job.end()),
            Printable.time(lastStart),
            tooLate ? "; that has passed, so nothing is done: give a shorter --lease" : "");
    builder.stopWhen(
        "the Slurm job ends within a lease time", soFar -> !clock.instant().isBefore(lastStart));
  }
}
