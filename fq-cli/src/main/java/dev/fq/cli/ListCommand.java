package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows where each task stands. */
@Command(
    name = "list",
    description = {
      "Show the tasks of a queue, a line each, in no order: id, state, attempt, due, holder, and the"
          + " command or the type of the task.",
      "",
      "Due is when a delayed task becomes waiting, or a lease ends. Tasks that move while this reads"
          + " may be missed or come twice. A terminal gets a heading, and lines that fit it."
          + " Each task is read for what it does; --short reads names only, which is faster."
          + " Services cannot list their tasks."
    },
    footer = {
      "",
      "Examples:",
      "  fq list ./q --state leased --older 1h",
      "  fq list ./q --grep 'tile_7\\d'",
      "  fq list ./q --json --limit 1000 | jq -r 'select(.attempt > 1).id'"
    })
final class ListCommand extends Verb {

  private static final int STANDARD_OUTPUT = 1;
  private static final int NO_TERMINAL = 0;

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

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Only tasks of this type; commands are of type CommandTask.")
  private @Nullable String type;

  @Option(
      names = "--grep",
      paramLabel = "PATTERN",
      converter = PatternConverter.class,
      description = "Only tasks whose JSON has a match of this regular expression.")
  private @Nullable Pattern pattern;

  @Option(
      names = "--older",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Only tasks that were made this long ago or longer, as far as their ids tell (UUIDv7).")
  private @Nullable Duration older;

  @Option(
      names = "--short",
      description = "Without what the tasks do: reads names only, and no task.")
  private boolean isShort;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; all unless given.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--json",
      description =
          "A JSON object a line: id, state, attempt, due (UTC or null), holder or null; and unless"
              + " --short type or null, command or null.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (limit < 0) {
      throw refusal("--limit: expected 0 or more, found " + limit);
    }
    if (isShort && (type != null || pattern != null)) {
      throw refusal("--short reads no task: expected neither --type nor --grep beside it");
    }
    try (Output output = new Output(out());
        TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      int columns = json ? NO_TERMINAL : columnsOfTheTerminal();
      if (isShort) {
        try (Stream<TaskInfo> all = tasks.list()) {
          Text<TaskInfo> text = json ? TaskLines::json : TaskLines::text;
          heading(TaskLines.HEADING, columns, output);
          print(all.filter(this::isWanted), text, columns, output);
        }
      } else {
        try (Stream<TaskDetail> all = tasks.backend().bodies(this::isWanted)) {
          heading(TaskLines.HEADING_ON_A_TERMINAL, columns, output);
          print(all.filter(this::says), text(columns), columns, output);
        }
      }
      return ExitCode.DONE;
    }
  }

  private interface Text<T> {
    String of(T task) throws IOException;
  }

  private Text<TaskDetail> text(int columns) {
    if (json) {
      return TaskLines::json;
    }
    Instant now = FqCommand.clock(spec()).instant();
    return columns == NO_TERMINAL ? TaskLines::text : task -> TaskLines.fitting(task, now, columns);
  }

  private static int columnsOfTheTerminal() throws IOException {
    if (!ProgressBar.isTerminal(STANDARD_OUTPUT)) {
      return NO_TERMINAL;
    }
    try (LiveText terminal = LiveText.open()) {
      return terminal.columns();
    }
  }

  private static void heading(String heading, int columns, Output output) {
    if (columns != NO_TERMINAL) {
      output.line(LiveText.fitting(heading, columns));
    }
  }

  private <T> void print(Stream<T> tasks, Text<T> text, int columns, Output output)
      throws IOException {
    Iterator<T> found = tasks.limit(limit).iterator();
    while (found.hasNext() && output.isRead()) {
      String line = text.of(found.next());
      output.line(columns == NO_TERMINAL ? line : LiveText.fitting(line, columns));
    }
  }

  private boolean isWanted(TaskInfo task) {
    return (states == null || states.contains(task.state()))
        && (host == null || task.isHeldOn(host))
        && (older == null || isOlder(task.id(), older));
  }

  private boolean isOlder(TaskId id, Duration age) {
    Instant latest = FqCommand.clock(spec()).instant().minus(age);
    return id.time().filter(made -> !made.isAfter(latest)).isPresent();
  }

  /** What cannot be read is of no type. */
  private boolean says(TaskDetail task) {
    return (pattern == null || pattern.matcher(task.body()).find())
        && (type == null || type.equals(TaskLines.type(task)));
  }
}
