package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
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

  private static final int STANDARD_INPUT = 0;

  @Mixin private QueueArgument queue;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

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
      if (!yes && !isConfirmed(tasks)) {
        err().println("fq: nothing was removed");
        return ExitCode.TROUBLE;
      }
      OptionalLong removed = tasks.purge();
      out().println("removed " + (removed.isPresent() ? removed.getAsLong() : "all"));
      return ExitCode.DONE;
    }
  }

  private boolean isConfirmed(TaskQueue tasks) throws IOException {
    if (!ProgressBar.isTerminal(STANDARD_INPUT)) {
      throw refusal("expected --yes, since there is no terminal to ask on");
    }
    OptionalLong count = tasks.enqueued();
    String what = count.isPresent() ? count.getAsLong() + " tasks" : "all tasks";
    err().printf("Remove %s from %s? [y/N] ", what, tasks);
    err().flush();
    String answer =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
    return answer != null && answer.strip().matches("(?i)y|yes");
  }
}
