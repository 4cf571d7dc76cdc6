package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes all tasks. */
@Command(
    name = "purge",
    description = {
      "Remove all tasks that are waiting, delayed or leased. Dead tasks and counts stay.",
      "",
      "Asks before; where nobody can be asked, --yes is needed. Of a queue of SQS or Pub/Sub"
          + " what is leased or delayed stays, unless --native leaves it to the service."
    },
    footer = {"", "Examples:", "  fq purge ./q", "  fq purge sqs://tiles --yes --native"})
final class PurgeCommand extends Verb {

  @Mixin private QueueArgument queue;

  @Mixin private Confirmation confirmation;

  @Option(
      names = "--native",
      description =
          "Have the service purge its queue: everything, within a minute, at most once a minute.")
  private boolean nativePurge;

  @Override
  public Integer call() throws IOException {
    TaskQueue.Builder opening = queue.at().mode(OpenMode.EXISTING);
    if (nativePurge) {
      opening.option("nativePurge", "true");
    }
    try (TaskQueue tasks = opening.open()) {
      if (!confirmation.isGiven(this, question(tasks))) {
        return ExitCode.TROUBLE;
      }
      OptionalLong removed = tasks.purge();
      out().println("removed " + (removed.isPresent() ? removed.getAsLong() : "all"));
      return ExitCode.DONE;
    }
  }

  private static String question(TaskQueue tasks) throws IOException {
    OptionalLong count = tasks.enqueued();
    String what = count.isPresent() ? count.getAsLong() + " tasks" : "all tasks";
    return "Remove %s from %s?".formatted(what, tasks);
  }
}
