package dev.fq.cli;

import dev.fq.InsertOptions;
import dev.fq.TaskQueue;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Copies tasks between queues. */
@Command(
    name = "cp",
    description = {
      "Copy all tasks that are waiting, delayed or leased from one queue to another.",
      "",
      "The copies keep their ids, and are waiting at once. What the second queue has already is"
          + " passed over, so an interrupted copy can be made again, unless that is a service,"
          + " which cannot list their tasks. Nor are they a source then; see fq mv. Workers may go on"
          + " in both queues."
    },
    footer = {"", "Examples:", "  fq cp ./q ./again", "  fq cp ./q sqs://tiles"})
final class CpCommand extends TransferVerb {

  @Override
  long transfer(TaskQueue from, TaskQueue to, InsertOptions options) throws IOException {
    return to.copyFrom(from, options);
  }

  @Override
  String done() {
    return "copied";
  }
}
