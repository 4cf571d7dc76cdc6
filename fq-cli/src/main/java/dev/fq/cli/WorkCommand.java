package dev.fq.cli;

import dev.fq.CommandHandler;
import dev.fq.TaskQueue;
import dev.fq.Worker;
import dev.fq.WorkerReport;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Works on tasks. */
@Command(
    name = "work",
    description = {
      "Work on the tasks of a queue: run their commands, N at a time.",
      "",
      "A command that exits with 0 is done. Any other exit fails the attempt; the task is tried"
          + " again after a growing delay, and is dead when its attempts are used up. Output goes"
          + " to this worker's own. The queue is made where nothing is.",
      "",
      "On SIGTERM or SIGINT the worker leases no more, lets running tasks end within the grace"
          + " time, and gives the rest back; a second signal ends it at once."
    },
    footer = {
      "",
      "Examples:",
      "  fq work ./q -n 8",
      "  fq work /shared/q -n $(nproc) --exit-on-empty --lease 10m --time-limit 23h"
    })
final class WorkCommand extends Verb {

  @Mixin private QueueArgument queue;

  @Option(
      names = {"-n", "--slots"},
      paramLabel = "SLOTS",
      defaultValue = "1",
      description = "How many tasks run at once; ${DEFAULT-VALUE} unless given.")
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
          "How often a task is attempted before it is dead; ${DEFAULT-VALUE} unless given.")
  private int attempts;

  @Option(
      names = "--exit-on-empty",
      description =
          "End when nothing is waiting, delayed or leased, by anybody: stays for retries and for"
              + " the leases of others to end.")
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
      description = "Lease no more after this time; running tasks have the grace time then.")
  private @Nullable Duration timeLimit;

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

  @Option(names = "--no-tally", description = "Do not count completed tasks in the queue.")
  private boolean noTally;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TaskQueue tasks = queue.open(OpenMode.CREATE)) {
      Worker worker = worker(tasks);
      Signals.stopGently(worker::stop);
      WorkerReport report = worker.run();
      return report.dead() > 0 ? ExitCode.DEAD : ExitCode.DONE;
    }
  }

  private Worker worker(TaskQueue tasks) {
    Worker.Builder builder =
        Worker.of(tasks.backend(), new CommandHandler(isVerbose()))
            .slots(slots)
            .leaseTime(lease)
            .attempts(attempts)
            .exitOnEmpty(exitOnEmpty)
            .grace(grace)
            .tally(!noTally);
    if (maxTasks != null) {
      builder.maxTasks(maxTasks);
    }
    if (timeLimit != null) {
      builder.timeLimit(timeLimit);
    }
    if (idleTimeout != null) {
      builder.idleTimeout(idleTimeout);
    }
    return builder.build();
  }
}
