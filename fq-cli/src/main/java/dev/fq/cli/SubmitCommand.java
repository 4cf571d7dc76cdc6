package dev.fq.cli;

import dev.fq.CommandTask;
import dev.fq.NamedTask;
import dev.fq.spi.AbsolutePath;
import java.io.IOException;
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
      "fq submit QUEUE [--each-line FILE|- [-0]] [-I WORD] [--cwd DIR] [--env K=V]...",
      "          [--id NAME] [--unique] [--unless-completed TIME]",
      "          [--attempts N] [--retry-delay TIME] [--timeout TIME] [--delay TIME]",
      "          [--durable] [--dry-run] [--print-ids] [-v] -- CMD [ARG...] [::: INPUT...]"
    },
    description = {
      "Insert a task that runs a command; with --each-line one task for every line of input, with"
          + " ::: one for every word after it.",
      "",
      "The command runs without a shell, each argument as it is; for a shell say sh -c '…'. It"
          + " finds FQ_TASK_ID, FQ_ATTEMPT, FQ_QUEUE and FQ_RESULT (see fq results) in its"
          + " environment. The queue is made"
          + " where nothing is.",
      "",
      "In the command {} stands for the line or word, {.} for it without its extension, {/} for its"
          + " last part, {//} for its directory, {/.} for its last part without the extension, as in"
          + " GNU parallel. After ::: a command without any of them gets the word at its end."
    },
    footer = {
      "",
      "Examples:",
      "  fq submit ./q -- make -C /data/tiles all",
      "  find /data -name '*.tif' | fq submit ./q --each-line - -- tiff2png {} {.}.png",
      "  find /data -name '*.tif' -print0 | fq submit ./q -0 --each-line - -- tiff2png {}",
      "  fq submit ./q --dry-run -- convert {} out/{/.}.png ::: *.tif",
      "  fq submit ./q --each-line lines -I @ -- sh -c 'f() { cat @; }; f'",
      "  fq submit ./q --id 'tile-{/.}' --unless-completed 7d -- convert {} ::: *.tif",
      "  fq submit ./q --env LEVEL=3 --cwd /data -- sh -c 'gzip -$LEVEL *.raw'"
    })
final class SubmitCommand extends Verb {

  static final String END_OF_OPTIONS = "--";
  private static final String INPUTS = ":::";

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
      description =
          "What stands for the line, in place of {} and the like, for commands that have a {} of"
              + " their own.")
  private @Nullable String place;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description =
          "The id of the task: 1 to 64 characters of A-Z a-z 0-9 - _; with several tasks, {} and the"
              + " like are replaced in it as in the command. A task whose id is there already is not"
              + " inserted again, as with --unique.")
  private @Nullable String id;

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

  @Option(
      names = "--dry-run",
      description = "Print the commands as a shell takes them, one a line, and insert nothing.")
  private boolean dryRun;

  @Parameters(
      paramLabel = "QUEUE -- CMD [ARG...]",
      hideParamSyntax = true,
      description = "The queue; after -- the command and its arguments.")
  private List<String> words = new ArrayList<>();

  /** What the command line says. */
  private record Request(
      @Nullable String queue, List<String> command, @Nullable List<String> inputs) {}

  @Override
  public Integer call() throws IOException {
    Request request = request();
    requireUtf8(cwd);
    String file = eachLine;
    if (request.inputs != null) {
      putAll(request, Inputs.of(request.inputs), forWords(template(request.command)));
    } else if (file != null) {
      CommandTemplate template = forLines(template(request.command));
      try (InputLines lines = InputLines.open(file, nullTerminated)) {
        putAll(request, lines, template);
      }
    } else {
      putOne(request, commands().task(request.command));
    }
    return ExitCode.DONE;
  }

  private Request request() {
    List<String> arguments = spec().commandLine().getParseResult().originalArgs();
    int end = arguments.indexOf(END_OF_OPTIONS);
    int commandWords = end < 0 ? 0 : arguments.size() - end - 1;
    int before = words.size() - commandWords;
    if (commandWords == 0) {
      throw refusal(
          end < 0 && before > 1 ? whereDashesBelong(arguments) : "expected a command after --");
    }
    if (before > 1) {
      throw refusal("expected one QUEUE before --, found more: " + words.get(1));
    }
    String queue = before == 0 ? null : words.get(0);
    List<String> command = words.subList(before, words.size());
    int inputs = command.indexOf(INPUTS);
    return inputs < 0
        ? new Request(queue, command, null)
        : withInputs(
            queue, command.subList(0, inputs), command.subList(inputs + 1, command.size()));
  }

  private Request withInputs(@Nullable String queue, List<String> command, List<String> inputs) {
    if (eachLine != null) {
      throw refusal("expected either --each-line or :::, found both");
    }
    if (command.isEmpty()) {
      throw refusal("expected a command before :::");
    }
    if (inputs.contains(INPUTS)) {
      throw refusal("expected one :::, found more; fq does not combine inputs");
    }
    return new Request(queue, command, inputs);
  }

  /** The command line as it was most likely meant. */
  private String whereDashesBelong(List<String> arguments) {
    List<String> meant = new ArrayList<>(arguments.subList(1, arguments.size()));
    int command = meant.indexOf(words.get(0));
    if (QueueArgument.fromEnvironment(spec()) == null) {
      command += 1 + meant.subList(command + 1, meant.size()).indexOf(words.get(1));
    }
    meant.add(command, END_OF_OPTIONS);
    return "put -- before the command: fq submit " + ShellWords.of(meant);
  }

  private CommandTemplate template(List<String> command) {
    if (place != null && place.isEmpty()) {
      throw refusal("--replace: expected a word, found none");
    }
    return place == null ? CommandTemplate.of(command) : CommandTemplate.of(command, place);
  }

  private CommandTemplate forLines(CommandTemplate template) {
    if (!template.hasPlace()) {
      throw refusal(
          "with --each-line expected %s in the command, where the line belongs; without it all tasks"
                  .formatted(place == null ? CommandTemplate.INPUT : place)
              + " would be the same");
    }
    return template;
  }

  private static CommandTemplate forWords(CommandTemplate template) {
    return template.hasPlace() ? template : template.withInputAtTheEnd();
  }

  /** Java has put a replacement character in the place of other bytes in its working directory. */
  private void requireUtf8(Path directory) {
    Path absolute = AbsolutePath.of(directory);
    if (absolute.toString().indexOf('\uFFFD') >= 0 && !Files.isDirectory(absolute)) {
      throw refusal("--cwd: expected a directory whose name is UTF-8, found other bytes");
    }
  }

  private Commands commands() {
    return new Commands(AbsolutePath.of(cwd).toString(), env);
  }

  private void putOne(Request request, CommandTask task) throws IOException {
    if (dryRun) {
      print(List.of(task).iterator());
    } else if (id == null) {
      options.insertOne(QueueArgument.url(spec(), request.queue), task.payload());
    } else {
      options.insertOne(QueueArgument.url(spec(), request.queue), NamedTask.of(id, task));
    }
  }

  private void putAll(Request request, Inputs inputs, CommandTemplate template) throws IOException {
    Commands commands = commands();
    Inputs.Making<CommandTask> task = input -> commands.task(template.command(input));
    if (dryRun) {
      print(inputs.each(task));
    } else if (id == null) {
      options.insert(
          QueueArgument.url(spec(), request.queue), inputs.each(input -> task.of(input).payload()));
    } else {
      CommandTemplate name = idTemplate(id);
      options.insertNamed(
          QueueArgument.url(spec(), request.queue),
          inputs.each(input -> NamedTask.of(name.command(input).get(0), task.of(input))));
    }
  }

  private CommandTemplate idTemplate(String ofTasks) {
    CommandTemplate name = template(List.of(ofTasks));
    if (!name.hasPlace()) {
      throw refusal(
          "--id: expected %s in it, where the line or word belongs, since each task needs its own"
                  .formatted(place == null ? CommandTemplate.INPUT : place)
              + " id, found \"%s\"".formatted(ofTasks));
    }
    return name;
  }

  private void print(Iterator<CommandTask> tasks) {
    try (Output output = new Output(out())) {
      while (output.isRead() && tasks.hasNext()) {
        output.line(ShellWords.of(tasks.next().argv()));
      }
    }
  }
}
