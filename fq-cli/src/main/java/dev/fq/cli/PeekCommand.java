package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows all that is known of tasks. */
@Command(
    name = "peek",
    description = {
      "Show tasks: state, attempt, due and holder of each, its command with directory and"
          + " environment or else its payload, its limits, and how its attempts failed. With --json,"
          + " the payload as it is.",
      "",
      "Ends with 1 when one of them is not in the queue. Services cannot find a task by its id."
    },
    footer = {
      "",
      "Examples:",
      "  fq peek ./q 01a20c14-605a-728f-8d07-778cf65eeacb",
      "  fq peek ./q 01a20c14-605a-728f-8d07-778cf65eeacb --json | jq .payload"
    })
final class PeekCommand extends Verb {

  @Mixin private final QueueAndIds queue = new QueueAndIds(QueueSettings.needing(Capability.LIST));

  @Option(names = "--json", description = "A JSON object a line: " + TaskDetails.FIELDS + ".")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Set<TaskId> ids = queue.ids();
    if (ids.isEmpty()) {
      throw refusal("expected the ID of a task, found none");
    }
    int code = ExitCode.DONE;
    try (Output output = new Output(out());
        TaskQueue tasks = queue.open()) {
      if (!tasks.backend().capabilities().contains(Capability.LIST)) {
        throw new IOException(tasks + ": this kind of queue cannot find a task by its id");
      }
      boolean isFirst = true;
      for (Iterator<TaskId> all = ids.iterator(); all.hasNext() && output.isRead(); ) {
        TaskId id = all.next();
        Optional<TaskDetail> task = tasks.backend().peek(id);
        if (task.isEmpty()) {
          err().println("fq: not in the queue: " + id);
          code = ExitCode.TROUBLE;
        } else if (json) {
          output.line(TaskDetails.json(task.get()));
        } else {
          output.line((isFirst ? "" : "\n") + TaskDetails.text(task.get()).stripTrailing());
          isFirst = false;
        }
      }
    }
    return code;
  }
}
