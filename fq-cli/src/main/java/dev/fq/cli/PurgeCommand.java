package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueOption.Use;
import java.io.IOException;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes all tasks. */
@Command(
    name = "purge",
    description = {
      "Remove all tasks that are waiting, delayed or leased. Dead tasks and counts stay.",
      "",
      "Asks before; where nobody can be asked, --yes is needed. Of a queue that is a"
          + " service, what is leased or delayed stays, unless --native-purge leaves it to the"
          + " service."
    },
    footer = {"", "Examples:", "  fq purge ./q", "  fq purge sqs://tiles --yes --native-purge"})
final class PurgeCommand extends Verb {

  @Mixin private final QueueArgument queue = new QueueArgument(QueueSettings.with(Use.PURGE));

  @Mixin private Confirmation confirmation;

  @Override
  public Integer call() throws IOException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
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
