package dev.fq.cli;

import dev.fq.CommandTask;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Inserts tasks that run a command. */
@Command(
    name = "submit",
    customSynopsis = {
      "fq submit QUEUE [--each-line FILE|-] [--cwd DIR] [--env K=V]... [--delay TIME]",
      "          [--durable] [-v] -- CMD [ARG...]"
    },
    description = {
      "Insert a task that runs a command; with --each-line one task for every line of input.",
      "",
      "The command runs without a shell, each argument as it is; for a shell say sh -c '…'. It"
          + " finds FQ_TASK_ID, FQ_ATTEMPT and FQ_QUEUE in its environment. The queue is made"
          + " where nothing is."
    },
    footer = {
      "",
      "Examples:",
      "  fq submit ./q -- make -C /data/tiles all",
      "  find /data -name '*.tif' | fq submit ./q --each-line - -- tiff2png {}",
      "  fq submit ./q --env LEVEL=3 --cwd /data -- sh -c 'gzip -$LEVEL *.raw'"
    })
final class SubmitCommand extends Verb {

  private static final String END_OF_OPTIONS = "--";
  private static final String PLACEHOLDER = "{}";

  @Mixin private InsertArguments options;

  @Option(
      names = "--each-line",
      paramLabel = "FILE|-",
      description =
          "One task for every line of this file (- is standard input) that is not blank; {} in the"
              + " command stands for the line.")
  private @Nullable String eachLine;

  @Option(
      names = "--cwd",
      paramLabel = "DIR",
      description = "The directory to run in; the current one when it is not given.")
  private Path cwd = Path.of("");

  @Option(
      names = "--env",
      paramLabel = "K=V",
      description = "Add a variable to the command's environment.")
  private Map<String, String> env = new LinkedHashMap<>();

  @Parameters(
      paramLabel = "QUEUE -- CMD [ARG...]",
      hideParamSyntax = true,
      description = "The queue; after -- the command and its arguments.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<String> arguments = spec().commandLine().getParseResult().originalArgs();
    int end = arguments.indexOf(END_OF_OPTIONS);
    int commandWords = end < 0 ? 0 : arguments.size() - end - 1;
    if (commandWords == 0) {
      throw refusal("expected a command after --");
    }
    int before = words.size() - commandWords;
    if (before > 1) {
      throw refusal("expected one QUEUE before --, found more: " + words.get(1));
    }
    String queue = QueueArgument.url(spec(), before == 0 ? null : words.get(0));
    List<String> command = words.subList(before, words.size());
    long inserted = eachLine == null ? submitOne(queue, command) : submitEach(queue, command);
    out().println("inserted " + inserted);
    return ExitCode.DONE;
  }

  private long submitOne(String queue, List<String> command) throws IOException {
    return options.insert(queue, List.of(payload(command)).iterator());
  }

  private long submitEach(String queue, List<String> command) throws IOException {
    if (command.stream().noneMatch(word -> word.contains(PLACEHOLDER))) {
      throw refusal(
          "with --each-line expected "
              + PLACEHOLDER
              + " in the command, where the line"
              + " belongs; without it all tasks would be the same");
    }
    try (InputLines lines = InputLines.open(String.valueOf(eachLine))) {
      return options.insert(queue, new Payloads(lines, command));
    }
  }

  private Payload payload(List<String> command) {
    return new CommandTask(command, cwd.toAbsolutePath().normalize().toString(), env).payload();
  }

  private final class Payloads implements Iterator<Payload> {
    private final InputLines lines;
    private final List<String> command;

    Payloads(InputLines lines, List<String> command) {
      this.lines = lines;
      this.command = command;
    }

    @Override
    public boolean hasNext() {
      return lines.hasNext();
    }

    @Override
    public Payload next() {
      String line = lines.next();
      return payload(command.stream().map(word -> word.replace(PLACEHOLDER, line)).toList());
    }
  }
}
