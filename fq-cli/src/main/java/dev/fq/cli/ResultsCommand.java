package dev.fq.cli;

import dev.fq.Results;
import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what tasks returned. */
@Command(
    name = "results",
    description = {
      "Print what tasks have returned until now, a JSON object a line with id and result, oldest"
          + " first, where workers record outcomes (fq record on, fq work --record). A command returns"
          + " the JSON value that it writes to file descriptor 3 or to the file $FQ_RESULT, at most"
          + " 256 kB; for tasks in Java see docs/tasks.md.",
      "",
      "A task has one result here, however often it was executed: the first, but for those of attempts"
          + " that had lost the task. A result is recorded before its task is completed. Over NFS, results"
          + " of other hosts may be missing for a minute. With --record-dir, no QUEUE is needed."
    },
    footer = {
      "",
      "Examples:",
      "  fq submit ./q -- sh -c 'wc -l < \"$1\" >&3' count tile-1.txt",
      "  fq results ./q | jq -s 'map(.result) | add'",
      "  fq results ./q --type tiles.Tiles.mean > means.jsonl"
    })
final class ResultsCommand extends Verb {

  @Mixin private final QueueArgument queue = new QueueArgument(QueueSettings.ofAny());

  @Mixin private final RecordArgument records = new RecordArgument();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Only results of tasks of this type; commands are of type CommandTask.")
  private @Nullable String type;

  @Override
  public Integer call() throws IOException {
    OutcomeLog directory = records.given();
    if (directory != null) {
      return print(directory);
    }
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      return print(records.of(tasks));
    }
  }

  private int print(OutcomeLog log) throws IOException {
    boolean isAny;
    try (Output output = new Output(out());
        Stream<TaskResult> results = Results.in(log).all()) {
      Iterator<TaskResult> each = results.iterator();
      isAny = each.hasNext();
      while (each.hasNext() && output.isRead()) {
        TaskResult result = each.next();
        if (type == null || type.equals(result.type())) {
          output.line("{\"id\":\"%s\",\"result\":%s}".formatted(result.task(), json(result)));
        }
      }
    }
    if (!isAny) {
      err().println("fq: no results are recorded; fq record on makes workers record them");
    }
    return ExitCode.DONE;
  }

  /** The same value, in characters that a terminal may be shown. */
  private static String json(TaskResult result) {
    // A tab is a space between values here, and no part of a text (RFC 8259, 2 and 7).
    return Printable.text(result.json().replace('\t', ' '));
  }
}
