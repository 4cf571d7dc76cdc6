package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Waits for a queue to be empty. */
@Command(
    name = "wait",
    description = {
      "Wait until nothing is waiting, delayed or leased.",
      "",
      "Ends with 0; with 3 if tasks went dead meanwhile; with 4 if the time was up before. The"
          + " figures of SQS come late: it must look empty for 75 seconds, or what emptyAfter in its"
          + " address says. Pub/Sub cannot tell when a queue is empty."
    },
    footer = {
      "",
      "Examples:",
      "  fq wait ./q && mail -s done ann",
      "  fq wait ./q --timeout 1h || fq status ./q"
    })
final class WaitCommand extends Verb {

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.SIZE));

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long to wait at most; for ever unless given.")
  private Duration timeout = Arguments.LONGEST;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      if (!tasks.backend().capabilities().contains(Capability.SIZE)) {
        throw new IOException(tasks + ": this kind of queue cannot tell when it is empty");
      }
      QueueStats first = tasks.stats();
      if (!blockUntilEmpty(tasks, first)) {
        return ExitCode.LIMIT;
      }
      long died = tasks.stats().dead().orElse(0) - first.dead().orElse(0);
      return died > 0 ? ExitCode.DEAD : ExitCode.DONE;
    }
  }

  private boolean blockUntilEmpty(TaskQueue tasks, QueueStats first)
      throws IOException, InterruptedException {
    long total = first.enqueued().orElse(0);
    try (ProgressBar bar = ProgressBar.named("waiting")) {
      return tasks.blockUntilEmpty(
          timeout,
          stats -> {
            // More may come in while we wait: then the end moves, and not the way done so far.
            long left = stats.enqueued().orElse(0);
            long most = Math.max(total, left);
            bar.at(most - left, most);
          });
    }
  }
}
