package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Failure;
import dev.fq.spi.TaskDetail;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What was given up, and what to do about it. */
@Command(
    name = "dead",
    description = {
      "Show the tasks that were given up with their last reasons, try them again as new, or remove"
          + " them: those named, or all.",
      "",
      "Ends with 1 when a named task is not dead."
    },
    footer = {
      "",
      "Examples:",
      "  fq dead list ./q",
      "  fq dead retry ./q                # the cause is mended",
      "  fq dead purge ./q 01a20c14-605a-728f-8d07-778cf65eeacb"
    })
final class DeadCommand extends Verb {

  private enum Action {
    LIST,
    RETRY,
    PURGE
  }

  @Parameters(index = "0", paramLabel = "list|retry|purge", description = "What to do.")
  private Action action;

  @Mixin private QueueAndIds queue;

  @Override
  public Integer call() throws IOException {
    QueueAndIds.Selection selection = queue.selection();
    try (TaskQueue tasks = queue.open()) {
      switch (action) {
        case LIST -> list(tasks, selection);
        case RETRY -> out().println("retried " + tasks.retryDead(selection::meets));
        case PURGE -> out().println("purged " + tasks.purgeDead(selection::meets));
      }
      return selection.report(this, "dead");
    }
  }

  private void list(TaskQueue tasks, QueueAndIds.Selection selection) throws IOException {
    try (Stream<TaskDetail> dead = tasks.dead()) {
      for (Iterator<TaskDetail> all = dead.iterator(); all.hasNext(); ) {
        TaskDetail task = all.next();
        if (selection.meets(task.info().id())) {
          out().println(line(task));
        }
      }
    }
  }

  /** The id, how many failures are known, and the first line of the last one's reason. */
  private static String line(TaskDetail task) {
    List<Failure> failures = task.failures();
    if (failures.isEmpty()) {
      return task.info().id() + "  no reason is known";
    }
    Failure last = failures.get(failures.size() - 1);
    return "%s  attempt %d at %s: %s"
        .formatted(
            task.info().id(),
            last.attempt(),
            last.at(),
            last.reason().lines().findFirst().orElse(""));
  }
}
