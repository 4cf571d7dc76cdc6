package dev.fq.cli;

import dev.fq.InsertOptions;
import dev.fq.TaskQueue;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Moves tasks between queues. */
@Command(
    name = "mv",
    description = {
      "Move all waiting tasks from one queue to another, of whatever kind.",
      "",
      "What is delayed or leased stays; so does what is dead. Each task is in one of the queues at"
          + " any time; if this is killed, a few may be in both. Run it again to go on."
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
    return to.moveFrom(from, options);
  }

  @Override
  String done() {
    return "moved";
  }
}
