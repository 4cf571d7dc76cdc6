package dev.fq.cli;

import dev.fq.InsertOptions;
import dev.fq.TaskQueue;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Moves tasks between queues. */
@Command(
    name = "mv",
    description = {
      "Move all waiting tasks from one queue to another, of whatever kind.",
      "",
      "What is delayed or leased stays; so does what is dead. Tasks keep their ids, and workers may go"
          + " on in both queues. Each task is in one of the queues at any time. After an interruption"
          + " run it again: nothing is lost, and what is in both, when its lease of five minutes has"
          + " ended, is only removed from the first, if the second can list its tasks."
    },
    footer = {
      "",
      "Examples:",
      "  fq mv ./q sqs://tiles",
      "  fq mv sqs://tiles ./q --endpoint http://localhost:9324"
    })
final class MvCommand extends TransferVerb {

  @Override
  long transfer(TaskQueue from, TaskQueue to, InsertOptions options)
      throws IOException, InterruptedException {
    Signals.stopGently(Thread.currentThread()::interrupt);
    long moved = to.moveFrom(from, options);
    tellWhatStays(from);
    return moved;
  }

  private void tellWhatStays(TaskQueue from) throws IOException {
    QueueStats stats = from.stats();
    long delayed = stats.delayed().orElse(0);
    long leased = stats.leased().orElse(0);
    if (delayed + leased > 0) {
      err().printf("fq: %d delayed and %d leased tasks stay in %s%n", delayed, leased, from);
    }
  }

  @Override
  String done() {
    return "moved";
  }
}
