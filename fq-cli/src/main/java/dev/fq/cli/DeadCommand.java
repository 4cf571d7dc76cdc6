package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Failure;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskDetail;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
      "  fq dead list ./q --by-host       # is it one node?",
      "  fq dead retry ./q                # the cause is mended",
      "  fq dead purge ./q 01a20c14-605a-728f-8d07-778cf65eeacb"
    })
final class DeadCommand extends Verb {

  private enum Action {
    LIST,
    RETRY,
    PURGE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(index = "0", paramLabel = "list|retry|purge", description = "What to do.")
  private Action action;

  @Mixin private final QueueAndIds queue = new QueueAndIds(QueueSettings.ofAny());

  @Option(
      names = "--by-host",
      description =
          "With list: a line for each host instead: how many attempts failed there, how many it"
              + " could not make, and at how many of the dead tasks.")
  private boolean byHost;

  @Option(
      names = "--json",
      description = "With list: a JSON object a line: " + TaskDetails.FIELDS + ".")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    QueueAndIds.Selection selection = queue.selection();
    if ((byHost || json) && action != Action.LIST) {
      throw refusal((byHost ? "--by-host" : "--json") + ": expected with list only");
    }
    if (byHost && json) {
      throw refusal("expected either --by-host or --json, found both");
    }
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
    FailuresByHost hosts = new FailuresByHost();
    try (Output output = new Output(out());
        Stream<TaskDetail> dead = tasks.dead()) {
      for (Iterator<TaskDetail> all = dead.iterator(); output.isRead() && all.hasNext(); ) {
        TaskDetail task = all.next();
        if (selection.meets(task.info().id())) {
          if (byHost) {
            hosts.add(task);
          } else {
            output.line(json ? TaskDetails.json(task) : line(task));
          }
        }
      }
      if (byHost) {
        hosts.lines().forEach(output::line);
      }
    }
  }

  /** The id, which attempt was the last, where and when, and the first line of its reason. */
  private static String line(TaskDetail task) {
    List<Failure> failures = task.failures();
    if (failures.isEmpty()) {
      return task.info().id() + "  no reason is known";
    }
    Failure last = failures.get(failures.size() - 1);
    return "%s  attempt %s on %s at %s: %s"
        .formatted(
            task.info().id(),
            last.attempt(),
            TaskDetails.host(last),
            Printable.time(last.at()),
            Printable.line(last.reason()));
  }
}
