package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Sets the counts to zero. */
@Command(
    name = "rezero",
    description = {
      "Set the counts of inserted and completed tasks to zero. The tasks stay.",
      "",
      "Services count neither."
    },
    footer = {"", "Examples:", "  fq rezero ./q", "  fq purge ./q --yes && fq rezero ./q"})
final class RezeroCommand extends Verb {

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.COUNTERS));

  @Override
  public Integer call() throws IOException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      if (!tasks.backend().capabilities().contains(Capability.COUNTERS)) {
        throw new IOException(tasks + ": this kind of queue does not count");
      }
      tasks.rezero();
      return ExitCode.DONE;
    }
  }
}
