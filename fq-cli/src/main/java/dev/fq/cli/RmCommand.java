package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes single tasks. */
@Command(
    name = "rm",
    description = {
      "Remove tasks that are waiting, delayed or leased: those named, or those whose payloads match.",
      "",
      "Nobody works on them any more; a worker that does so now is interrupted when it next renews the"
          + " lease. They are not counted as completed. Dead tasks stay: see fq dead purge. Ends with"
          + " 1 when a named task is not there. Services cannot find a task by its id."
    },
    footer = {
      "",
      "Examples:",
      "  fq rm ./q 01a20c14-605a-728f-8d07-778cf65eeacb",
      "  fq rm ./q --grep '\"level\": ?3' --yes"
    })
final class RmCommand extends Verb {

  @Mixin private final QueueAndIds queue = new QueueAndIds(QueueSettings.needing(Capability.LIST));

  @Option(
      names = "--grep",
      paramLabel = "PATTERN",
      converter = PatternConverter.class,
      description =
          "Remove the tasks in whose payloads this regular expression (of Java) is found. Asks"
              + " before; without a terminal --yes is needed.")
  private @Nullable Pattern pattern;

  @Mixin private Confirmation confirmation;

  @Override
  public Integer call() throws IOException {
    QueueAndIds.Selection named = queue.selection();
    Pattern wanted = pattern;
    if (named.isAll() == (wanted == null)) {
      throw refusal("expected either IDs or --grep, found " + (wanted == null ? "none" : "both"));
    }
    try (TaskQueue tasks = queue.open()) {
      if (!tasks.backend().capabilities().contains(Capability.LIST)) {
        throw new IOException(tasks + ": this kind of queue cannot find a task by its id");
      }
      Set<TaskId> ids = wanted == null ? present(tasks, named) : matching(tasks, wanted);
      if (wanted != null
          && !ids.isEmpty()
          && !confirmation.isGiven(this, "Remove %s tasks from %s?".formatted(ids.size(), tasks))) {
        return ExitCode.TROUBLE;
      }
      out().println("removed " + tasks.deleteById(ids));
      return named.report(this, "waiting, delayed or leased");
    }
  }

  private static Set<TaskId> present(TaskQueue tasks, QueueAndIds.Selection named)
      throws IOException {
    Set<TaskId> ids = new HashSet<>();
    try (Stream<TaskInfo> all = tasks.list()) {
      all.filter(task -> task.state() != TaskState.DEAD)
          .map(TaskInfo::id)
          .filter(named::meets)
          .forEach(ids::add);
    }
    return ids;
  }

  private static Set<TaskId> matching(TaskQueue tasks, Pattern wanted) throws IOException {
    Set<TaskId> ids = new HashSet<>();
    try (Stream<TaskEntry> all = tasks.backend().entries(task -> true)) {
      all.filter(task -> wanted.matcher(task.payload().json()).find())
          .forEach(task -> ids.add(task.info().id()));
    }
    return ids;
  }
}
