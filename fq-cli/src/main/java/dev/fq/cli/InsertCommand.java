package dev.fq.cli;

import dev.fq.NamedTask;
import dev.fq.TaskRegistry;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Inserts tasks from JSON lines. */
@Command(
    name = "insert",
    description = {
      "Insert tasks: JSON payloads, one a line, from FILE or standard input.",
      "",
      "Tasks go in while lines are read. At a line that no worker could read as a task the insert"
          + " stops: the tasks before it are inserted, it and what follows are not, and the message"
          + " says which line it was. Blank lines and a byte-order mark are passed over. The queue is"
          + " made where nothing is.",
      "",
      "With --unique or --id-field the same tasks may be given again: those that are there already"
          + " are passed over, and counted."
    },
    footer = {
      "",
      "Examples:",
      "  fq insert ./q tasks.jsonl",
      "  generate-tasks | fq insert ./q --delay 10m",
      "  fq insert ./q tiles.jsonl --id-field name --unless-completed 7d",
      "  tail -n +7 tasks.jsonl | fq insert ./q -     # go on after line 7 was mended"
    })
final class InsertCommand extends Verb {

  @Mixin private InsertArguments options;

  @Option(
      names = {"-0", "--null"},
      description = "Each payload ends with a NUL byte, and may have line ends.")
  private boolean nullTerminated;

  @Option(
      names = "--id-field",
      paramLabel = "FIELD",
      description =
          "The id of each task is what this field of its payload says, a text or a whole number; a name"
              + " with / in front is a JSON pointer (RFC 6901). A task whose id is there already is not"
              + " inserted again, as with --unique.")
  private @Nullable String idField;

  @Parameters(
      arity = "0..2",
      paramLabel = "QUEUE [FILE|-]",
      hideParamSyntax = true,
      description =
          "The queue, and the file with the payloads; - or none is standard input. With FQ_QUEUE"
              + " set, a single word is FILE when it is a file or -, else QUEUE.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (words.size() > 2) {
      throw refusal("expected QUEUE and FILE, found more: " + words.get(2));
    }
    boolean fileAlone = words.size() == 1 && isFileForQueueOfEnvironment(words.get(0));
    String queue = QueueArgument.url(spec(), words.isEmpty() || fileAlone ? null : words.get(0));
    String file = fileAlone ? words.get(0) : second();
    try (InputLines lines = InputLines.open(file, nullTerminated)) {
      String field = idField;
      if (field == null) {
        options.insert(queue, lines.each(InsertCommand::payload));
      } else {
        options.insertNamed(queue, lines.each(line -> NamedTask.byField(payload(line), field)));
      }
    }
    return ExitCode.DONE;
  }

  private String second() {
    return words.size() == 2 ? words.get(1) : InputLines.STANDARD_INPUT;
  }

  private boolean isFileForQueueOfEnvironment(String word) {
    @Nullable String queue = QueueArgument.fromEnvironment(spec());
    return queue != null
        && (word.equals(InputLines.STANDARD_INPUT) || Files.isRegularFile(Path.of(word)));
  }

  private static Payload payload(String text) throws IOException {
    try {
      Payload payload = Payload.ofJson(text);
      TaskRegistry.requireTaskForm(payload);
      return payload;
    } catch (InvalidPayloadException e) {
      // Each payload is a text of one line; the line that counts is the input's.
      throw new IOException(String.valueOf(e.getMessage()).replace("line 1, ", ""), e);
    }
  }
}
