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
      "The copies are new tasks, waiting at once. What moves while this runs may be missed or come"
          + " twice: stop the workers of the first queue before. SQS cannot list its tasks, and is"
          + " no source; see fq mv."
    },
    footer = {"", "Examples:", "  fq cp ./q ./again", "  fq cp ./q sqs://tiles"})
final class CpCommand extends TransferVerb {

  @Override
  long transfer(TaskQueue from, TaskQueue to, InsertOptions options) throws IOException {
    return to.insert(from, options);
  }

  @Override
  String done() {
    return "copied";
  }
}
