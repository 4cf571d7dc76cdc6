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
      "What is delayed or leased stays; so does what is dead. Tasks keep their ids and lose their"
          + " attempts, and workers may go on in both queues.",
      "",
      "Between directories on one file system, of the same owner, group and mode, each task is renamed"
          + " from one to the other. Else it is put into the second queue and then removed from the"
          + " first. A move that was killed between has left tasks in both: run it again, when their"
          + " leases of five minutes have ended. Those that the second queue has, waiting, to the"
          + " letter, are only removed from the first then; services cannot tell, and have them twice.",
      "",
      "A task stays when the second queue has another task of its id, or has it dead, delayed or"
          + " leased. Such tasks are named at the end, and the exit code is 1."
    },
    footer = {
      "",
      "Examples:",
      "  fq mv ./q sqs://tiles",
      "  fq mv sqs://tiles ./q --endpoint http://localhost:9324 --bundle 1000"
    })
final class MvCommand extends TransferVerb {

  @Override
  long transfer(TaskQueue from, TaskQueue to, InsertOptions options)
      throws IOException, InterruptedException {
    long moved = to.moveFrom(from, options);
    tellWhatStays(from);
    return moved;
  }

  private void tellWhatStays(TaskQueue from) throws IOException {
    QueueStats stats = from.stats();
    long delayed = stats.delayed().orElse(0);
    long leased = stats.leased().orElse(0);
    if (delayed + leased > 0) {
      err().printf("fq: %s delayed and %s leased tasks stay in %s%n", delayed, leased, from);
    }
  }

  @Override
  String done() {
    return "moved";
  }
}
