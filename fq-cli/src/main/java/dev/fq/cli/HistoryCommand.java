package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskHistory;
import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what became of attempts, where workers record it. */
@Command(
    name = "history",
    description = {
      "Show what became of the attempts that workers have recorded (fq record on, fq work --record),"
          + " oldest first: when each ended, how, which attempt it was, how long it took, where, and"
          + " at what.",
      "",
      "With --id alone, all that is known of one task: its attempts, failures that the queue has noted"
          + " beside those, its result, and where the task stands now. An attempt whose worker was killed has no"
          + " outcome. With --record-dir and without --id, no QUEUE is needed."
    },
    footer = {
      "",
      "Examples:",
      "  fq history ./q --failed --since 1h",
      "  fq history ./q --slowest 20",
      "  fq history ./q --summary",
      "  fq history ./q --json | jq -r 'select(.exit == 137).id'",
      "  fq history ./q --prune 30d"
    })
final class HistoryCommand extends Verb {

  private static final int STANDARD_OUTPUT = 1;

  @Mixin private final QueueArgument queue = new QueueArgument(QueueSettings.ofAny());

  @Mixin private final RecordArgument records = new RecordArgument();

  @Mixin private final OutputArgument outputs = new OutputArgument();

  @Option(names = "--failed", description = "Only attempts that failed.")
  private boolean failed;

  @Option(
      names = "--slowest",
      paramLabel = "N",
      description = "Only the N that took longest, the slowest first.")
  private @Nullable Integer slowest;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Only attempts that ended within this time before now.")
  private @Nullable Duration since;

  @Option(names = "--host", paramLabel = "NAME", description = "Only attempts on this host.")
  private @Nullable String host;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Only attempts at tasks of this type; commands are of type CommandTask.")
  private @Nullable String type;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Only attempts at this task; alone, all that is known of it.")
  private @Nullable String id;

  @Option(
      names = "--summary",
      description =
          "Counts, and the median, the 95th percentile and the maximum of the times by type and by"
              + " host, right to a hundredth; and hosts that fail more than others.")
  private boolean summary;

  @Option(names = "--json", description = "A JSON object a line: " + OutcomeLines.FIELDS + ".")
  private boolean json;

  @Option(
      names = "--prune",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Remove the files of outcomes and results, and of output that workers keep, to which none has"
              + " written for this time, and show nothing: of the directories that are given, or else of the queue."
              + " Files are of a day at most.")
  private @Nullable Duration prune;

  @Override
  public Integer call() throws IOException {
    requireFittingOptions();
    if (prune != null) {
      out().println("removed " + prune(now().minus(prune)));
      return ExitCode.DONE;
    }
    OutcomeLog directory = records.given();
    try (Output output = new Output(out())) {
      if (directory != null && id == null) {
        return run(directory, output);
      }
      try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
        OutcomeLog log = records.of(tasks);
        return id == null || json || summary || !picks().equals(List.of("--id"))
            ? run(log, output)
            : show(TaskHistory.of(new TaskId(id), log, tasks.backend()), output);
      }
    }
  }

  /** How many files were removed: of the directories that are given, or else of the queue. */
  private long prune(Instant before) throws IOException {
    OutcomeLog outcomes = records.given();
    OutputLog kept = outputs.given();
    if (outcomes != null || kept != null) {
      return (outcomes == null ? 0 : outcomes.prune(before))
          + (kept == null ? 0 : kept.prune(before));
    }
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      return records.of(tasks).prune(before) + outputs.of(tasks).prune(before);
    }
  }

  private int run(OutcomeLog log, Output output) throws IOException {
    Instant from = since == null ? Instant.MIN : now().minus(since);
    AtomicBoolean isAny = new AtomicBoolean();
    try (Stream<Outcome> all = log.read(from)) {
      show(all.peek(outcome -> isAny.set(true)).filter(this::isWanted), output);
    }
    if (!isAny.get()) {
      err()
          .println(
              "fq: no attempts are recorded for that time; fq record on makes workers record them");
    }
    return ExitCode.DONE;
  }

  /** The options that are given and pick among attempts. */
  private List<String> picks() {
    List<String> picks = new ArrayList<>();
    addIf(failed, "--failed", picks);
    addIf(slowest != null, "--slowest", picks);
    addIf(since != null, "--since", picks);
    addIf(host != null, "--host", picks);
    addIf(type != null, "--type", picks);
    addIf(id != null, "--id", picks);
    return picks;
  }

  private static void addIf(boolean isGiven, String option, List<String> options) {
    if (isGiven) {
      options.add(option);
    }
  }

  private void requireFittingOptions() {
    if (prune != null && !picks().isEmpty()) {
      throw refusal("--prune: expected no other option that picks, found " + picks().get(0));
    }
    if (prune == null && isGiven(OutputArgument.NAME)) {
      throw refusal(OutputArgument.NAME + ": expected --prune beside it; fq log prints output");
    }
    if (summary && json) {
      throw refusal("expected either --summary or --json, found both");
    }
    if (slowest != null && slowest < 1) {
      throw refusal("--slowest: expected 1 or more, found " + slowest);
    }
    if (id != null && !TaskId.isValid(id)) {
      throw refusal(
          "--id: expected the id of a task, 1 to 64 of A-Z a-z 0-9 - _, found \"" + id + "\"");
    }
  }

  private Instant now() {
    return FqCommand.clock(spec()).instant();
  }

  private boolean isWanted(Outcome outcome) {
    return (!failed || outcome.result().isFailure())
        && (host == null || outcome.host().equals(host))
        && (type == null || outcome.type().equals(type))
        && (id == null || outcome.task().value().equals(id));
  }

  private void show(Stream<Outcome> outcomes, Output output) throws IOException {
    if (summary) {
      OutcomeSummary sums = new OutcomeSummary();
      outcomes.forEach(sums::add);
      sums.lines().forEach(output::line);
    } else if (slowest != null) {
      print(slowest(outcomes, slowest).iterator(), output);
    } else {
      print(outcomes.iterator(), output);
    }
  }

  private void print(Iterator<Outcome> outcomes, Output output) throws IOException {
    if (!json && ProgressBar.isTerminal(STANDARD_OUTPUT)) {
      output.line(OutcomeLines.HEADING);
    }
    while (outcomes.hasNext() && output.isRead()) {
      Outcome outcome = outcomes.next();
      output.line(json ? OutcomeLines.json(outcome) : OutcomeLines.text(outcome));
    }
  }

  /** No more than so many are in memory. */
  private static List<Outcome> slowest(Stream<Outcome> outcomes, int count) {
    PriorityQueue<Outcome> most = new PriorityQueue<>(Comparator.comparing(Outcome::time));
    outcomes.forEach(
        outcome -> {
          most.add(outcome);
          if (most.size() > count) {
            most.remove();
          }
        });
    List<Outcome> slowestFirst = new ArrayList<>(most);
    slowestFirst.sort(Comparator.comparing(Outcome::time).reversed());
    return slowestFirst;
  }

  private int show(TaskHistory history, Output output) {
    if (history.isEmpty()) {
      err().println("fq: nothing is known of task " + id);
      return ExitCode.TROUBLE;
    }
    history.outcomes().forEach(outcome -> output.line(OutcomeLines.text(outcome)));
    history
        .otherFailures()
        .forEach(
            failure ->
                output.line(
                    "%s  %s on %s, noted in the queue:%n  %s"
                        .formatted(
                            Printable.time(failure.at()),
                            failure.counted()
                                ? "attempt " + failure.attempt() + " failed"
                                : "not attempted",
                            TaskDetails.host(failure),
                            Printable.line(failure.reason()))));
    history.result().ifPresent(result -> output.line("result " + Printable.text(result.json())));
    output.line("now " + history.now().map(HistoryCommand::state).orElse("not in the queue"));
    return ExitCode.DONE;
  }

  private static String state(TaskInfo task) {
    String until = TaskLines.due(task) == null ? "" : " until " + Printable.time(task.due());
    String holder =
        task.state() == TaskState.LEASED ? " by " + Printable.text("" + task.holder()) : "";
    return task.state().label() + holder + until;
  }
}
