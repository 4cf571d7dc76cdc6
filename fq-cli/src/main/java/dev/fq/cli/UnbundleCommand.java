package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Gives the tasks of bundles a file each. */
@Command(
    name = "unbundle",
    description = {
      "Give each task of the bundles in a queue a file of its own.",
      "",
      "Workers may go on meanwhile; what they hold stays a bundle until they give it back."
    },
    footer = {"", "Examples:", "  fq unbundle ./q", "  fq unbundle ./q && ls ./q/queue"})
final class UnbundleCommand extends Verb {

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.BUNDLES));

  @Override
  public Integer call() throws IOException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      BundleCommand.requireBundles(tasks);
      out().println("unbundled " + tasks.backend().unbundle());
      return ExitCode.DONE;
    }
  }
}
