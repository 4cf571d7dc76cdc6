package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows where each task stands. */
@Command(
    name = "list",
    description = {
      "Show the tasks of a queue, a line each, in no order: id, state, attempt, due and holder.",
      "",
      "Due is when a delayed task becomes waiting, or a lease ends. Tasks that move while this reads"
          + " may be missed or come twice. A terminal gets a heading."
          + " Services cannot list their tasks."
    },
    footer = {
      "",
      "Examples:",
      "  fq list ./q --state leased",
      "  fq list ./q --json --limit 1000 | jq -r 'select(.attempt > 1).id'"
    })
final class ListCommand extends Verb {

  private static final int STANDARD_OUTPUT = 1;

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.LIST));

  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      description = "Only these: ${COMPLETION-CANDIDATES}; all unless given.")
  private @Nullable Set<TaskState> states;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Only what this host holds, or held last.")
  private @Nullable String host;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; all unless given.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--json",
      description = "A JSON object a line: id, state, attempt, due (UTC or null), holder or null.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (limit < 0) {
      throw refusal("--limit: expected 0 or more, found " + limit);
    }
    Set<TaskState> wanted = states == null ? EnumSet.allOf(TaskState.class) : states;
    try (Output output = new Output(out());
        TaskQueue tasks = queue.open(OpenMode.EXISTING);
        Stream<TaskInfo> all = tasks.list()) {
      if (!json && ProgressBar.isTerminal(STANDARD_OUTPUT)) {
        output.line(TaskLines.HEADING);
      }
      Iterator<TaskInfo> found =
          all.filter(task -> wanted.contains(task.state()))
              .filter(task -> host == null || task.isHeldOn(host))
              .limit(limit)
              .iterator();
      while (found.hasNext() && output.isRead()) {
        TaskInfo task = found.next();
        output.line(json ? TaskLines.json(task) : TaskLines.text(task));
      }
      return ExitCode.DONE;
    }
  }
}
