package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was given up, and what to do about it. */
@Command(
    name = "dead",
    description = {
      "Show the tasks that were given up with their last reasons, try them again as new, or remove"
          + " them: those named, those that --grep finds, or all.",
      "",
      "Ends with 1 when a named task is not dead."
    },
    footer = {
      "",
      "Examples:",
      "  fq dead list ./q",
      "  fq dead list ./q --by-host       # is it one node?",
      "  fq dead list ./q --group         # what went wrong, and how often",
      "  fq dead retry ./q                # the cause is mended",
      "  fq dead retry ./q --grep 'No space left'",
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
      names = "--group",
      description =
          "With list: a line for each kind of last reason instead, the most frequent first; reasons"
              + " are of one kind that differ only in ids, numbers and directories.")
  private boolean group;

  @Option(
      names = "--grep",
      paramLabel = "PATTERN",
      converter = PatternConverter.class,
      description =
          "Only tasks in whose payload or last reason this regular expression (of Java) is found.")
  private @Nullable Pattern pattern;

  @Option(
      names = "--json",
      description = "With list: a JSON object a line: " + TaskDetails.FIELDS + ".")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    QueueAndIds.Selection selection = queue.selection();
    requireFittingOptions();
    try (TaskQueue tasks = queue.open()) {
      switch (action) {
        case LIST -> list(tasks, selection);
        case RETRY -> out().println("retried " + tasks.retryDead(wanted(tasks, selection)));
        case PURGE -> out().println("purged " + tasks.purgeDead(wanted(tasks, selection)));
      }
      return selection.report(this, "dead");
    }
  }

  private void requireFittingOptions() {
    List<String> forms = new ArrayList<>();
    if (byHost) {
      forms.add("--by-host");
    }
    if (group) {
      forms.add("--group");
    }
    if (json) {
      forms.add("--json");
    }
    if (!forms.isEmpty() && action != Action.LIST) {
      throw refusal(forms.get(0) + ": expected with list only");
    }
    if (forms.size() > 1) {
      throw refusal("expected either %s or %s, found both".formatted(forms.get(0), forms.get(1)));
    }
  }

  /** Which of the named tasks, or of all, are looked for. */
  private Predicate<TaskId> wanted(TaskQueue tasks, QueueAndIds.Selection selection)
      throws IOException {
    if (pattern == null) {
      return selection::meets;
    }
    Set<TaskId> found = new HashSet<>();
    try (Stream<TaskDetail> dead = tasks.dead()) {
      dead.filter(this::isFound).forEach(task -> found.add(task.info().id()));
    }
    return id -> selection.meets(id) && found.contains(id);
  }

  private boolean isFound(TaskDetail task) {
    List<Failure> failures = task.failures();
    return pattern == null
        || pattern.matcher(payload(task)).find()
        || (!failures.isEmpty()
            && pattern.matcher(failures.get(failures.size() - 1).reason()).find());
  }

  /** What cannot be read as a task is looked through as it is. */
  private static String payload(TaskDetail task) {
    try {
      return Envelope.payload(task.body()).json();
    } catch (InvalidPayloadException e) {
      return task.body();
    }
  }

  private void list(TaskQueue tasks, QueueAndIds.Selection selection) throws IOException {
    FailuresByHost hosts = new FailuresByHost();
    FailuresByLikeness kinds = new FailuresByLikeness();
    try (Output output = new Output(out());
        Stream<TaskDetail> dead = tasks.dead()) {
      for (Iterator<TaskDetail> all = dead.iterator(); output.isRead() && all.hasNext(); ) {
        TaskDetail task = all.next();
        if (selection.meets(task.info().id()) && isFound(task)) {
          if (byHost) {
            hosts.add(task);
          } else if (group) {
            kinds.add(task);
          } else {
            output.line(json ? TaskDetails.json(task) : line(task));
          }
        }
      }
      if (byHost) {
        hosts.lines().forEach(output::line);
      }
      if (group) {
        kinds.lines().forEach(output::line);
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
