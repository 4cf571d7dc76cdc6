package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has all workers record what becomes of attempts. */
@Command(
    name = "record",
    description = {
      "Say whether workers record the outcome of each attempt in the queue, for fq history, and what"
          + " it returned, for fq results.",
      "",
      "This counts for workers that start from now on, on all hosts; fq work --record and"
          + " --no-record decide for one worker. What is recorded stays until fq history --prune."
    },
    footer = {"", "Examples:", "  fq record on ./q", "  fq record off ./q"})
final class RecordCommand extends Verb {

  private enum Choice {
    ON,
    OFF;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(index = "0", paramLabel = "on|off", description = "Whether to record.")
  private Choice choice;

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.OUTCOMES));

  @Override
  public Integer call() throws IOException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      RecordArgument.ofQueue(tasks).ask(choice == Choice.ON);
      out().println("record " + choice);
      return ExitCode.DONE;
    }
  }
}
