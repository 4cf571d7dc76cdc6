package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Failure;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
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

  @Parameters(
      index = "1..*",
      paramLabel = "QUEUE [ID...]",
      hideParamSyntax = true,
      description = "The queue, and the tasks; all dead ones unless named.")
  private List<String> words = new ArrayList<>();

  @Mixin private QueueSettings settings;

  @Override
  public Integer call() throws IOException {
    String queue = QueueArgument.url(spec(), words.isEmpty() ? null : words.get(0));
    Set<TaskId> named = new HashSet<>();
    words.stream().skip(1).forEach(word -> named.add(new TaskId(word)));
    try (TaskQueue tasks = settings.at(queue).mode(OpenMode.EXISTING).open()) {
      Set<TaskId> notSeen = new HashSet<>(named);
      switch (action) {
        case LIST -> list(tasks, named, notSeen);
        case RETRY ->
            out().println("retried " + tasks.retryDead(id -> isPicked(id, named, notSeen)));
        case PURGE ->
            out().println("purged " + tasks.purgeDead(id -> isPicked(id, named, notSeen)));
      }
      notSeen.forEach(id -> err().println("fq: not dead: " + id));
      return notSeen.isEmpty() ? ExitCode.DONE : ExitCode.TROUBLE;
    }
  }

  private static boolean isPicked(TaskId id, Set<TaskId> named, Set<TaskId> notSeen) {
    notSeen.remove(id);
    return named.isEmpty() || named.contains(id);
  }

  private void list(TaskQueue tasks, Set<TaskId> named, Set<TaskId> notSeen) throws IOException {
    try (Stream<TaskDetail> dead = tasks.dead()) {
      for (Iterator<TaskDetail> all = dead.iterator(); all.hasNext(); ) {
        TaskDetail task = all.next();
        if (isPicked(task.info().id(), named, notSeen)) {
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
