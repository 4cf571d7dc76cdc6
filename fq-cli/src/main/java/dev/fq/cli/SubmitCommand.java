package dev.fq.cli;

import dev.fq.CommandTask;
import dev.fq.spi.AbsolutePath;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
      "fq submit QUEUE [--each-line FILE|- [-0] [-I WORD]] [--cwd DIR] [--env K=V]...",
      "          [--attempts N] [--retry-delay TIME] [--timeout TIME] [--delay TIME]",
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
      "  find /data -name '*.tif' -print0 | fq submit ./q -0 --each-line - -- tiff2png {} {}.png",
      "  fq submit ./q --each-line lines -I @ -- sh -c 'f() { cat @; }; f'",
      "  fq submit ./q --env LEVEL=3 --cwd /data -- sh -c 'gzip -$LEVEL *.raw'"
    })
final class SubmitCommand extends Verb {

  private static final String END_OF_OPTIONS = "--";

  /** MAX_ARG_STRLEN of Linux, execve(2): the longest word in bytes, with the NUL after it. */
  private static final int MAX_WORD = 128 * 1024;

  /** What Linux has for all words and the environment under the usual limit of the stack. */
  private static final int MAX_WORDS = 2 * 1024 * 1024;

  @Mixin private InsertArguments options;

  @Option(
      names = "--each-line",
      paramLabel = "FILE|-",
      description =
          "One task for every line of this file (- is standard input) that is not blank; {} in the"
              + " command stands for the line, wherever and however often it is.")
  private @Nullable String eachLine;

  @Option(
      names = {"-0", "--null"},
      description = "Each line ends with a NUL byte instead, as find -print0 writes them.")
  private boolean nullTerminated;

  @Option(
      names = {"-I", "--replace"},
      paramLabel = "WORD",
      defaultValue = "{}",
      description =
          "What stands for the line, in place of {}, for commands that have a {} of their own.")
  private String placeholder = "{}";

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
    requireUtf8(cwd);
    long inserted = eachLine == null ? submitOne(queue, command) : submitEach(queue, command);
    out().println("inserted " + inserted);
    return ExitCode.DONE;
  }

  /** Java has put a replacement character in the place of other bytes in its working directory. */
  private void requireUtf8(Path directory) {
    Path absolute = AbsolutePath.of(directory);
    if (absolute.toString().indexOf('\uFFFD') >= 0 && !Files.isDirectory(absolute)) {
      throw refusal("--cwd: expected a directory whose name is UTF-8, found other bytes");
    }
  }

  private long submitOne(String queue, List<String> command) throws IOException {
    String trouble = tooLong(command);
    if (trouble != null) {
      throw refusal(trouble);
    }
    return options.insert(queue, List.of(payload(command)).iterator());
  }

  private long submitEach(String queue, List<String> command) throws IOException {
    if (placeholder.isEmpty()) {
      throw refusal("--replace: expected a word, found none");
    }
    if (command.stream().noneMatch(word -> word.contains(placeholder))) {
      throw refusal(
          "with --each-line expected "
              + placeholder
              + " in the command, where the line"
              + " belongs; without it all tasks would be the same");
    }
    try (InputLines lines = InputLines.open(String.valueOf(eachLine), nullTerminated)) {
      return options.insert(queue, new Payloads(lines, command));
    }
  }

  /** No system would run it, and every worker would find that out anew. */
  private @Nullable String tooLong(List<String> command) {
    long sum = 0;
    List<String> words = new ArrayList<>(command);
    env.forEach((name, value) -> words.add(name + "=" + value));
    for (String word : words) {
      int bytes = word.getBytes(StandardCharsets.UTF_8).length + 1;
      sum += bytes;
      if (bytes > MAX_WORD) {
        return "expected arguments of at most %s bytes, found one of %s; put it into a file"
            .formatted(MAX_WORD - 1, bytes - 1);
      }
    }
    return sum > MAX_WORDS
        ? "expected arguments of at most %s bytes in all, found %s; put them into a file"
            .formatted(MAX_WORDS, sum)
        : null;
  }

  private Payload payload(List<String> command) {
    return new CommandTask(command, AbsolutePath.of(cwd).toString(), env).payload();
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
      List<String> words = command.stream().map(word -> word.replace(placeholder, line)).toList();
      String trouble = tooLong(words);
      if (trouble != null) {
        throw new UncheckedIOException(new IOException(lines.place() + ": " + trouble));
      }
      return payload(words);
    }
  }
}
