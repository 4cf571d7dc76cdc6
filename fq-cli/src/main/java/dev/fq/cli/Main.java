package dev.fq.cli;

import dev.fq.UnfitHostException;
import dev.fq.spi.NearestNames;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one verb, and turns what goes wrong into one line and an exit code. */
public final class Main {

  /** Types that no option has; see the user manual of picocli, "Built-in Types". */
  private static final String NEEDLESS_CONVERTERS = "java\\.(sql|time)\\..*";

  private static final Pattern ENUM_VALUES =
      Pattern.compile("(expected one of \\[[A-Z_, ]+]) \\(case-insensitive\\)");

  static {
    // Here, and so before any command is made: also those of tests and of the archives.
    System.setProperty("picocli.converters.excludes", NEEDLESS_CONVERTERS);
    // Digits are those of ASCII, and an i is an i, in every country.
    Locale.setDefault(Locale.ROOT);
  }

  private Main() {}

  /** The {@code fq} command. */
  public static void main(String[] args) {
    Optional<String> complaint = Utf8Words.complaint(args, System.getenv(QueueArgument.VARIABLE));
    if (complaint.isPresent()) {
      System.err.println("fq: " + complaint.get());
      System.exit(ExitCode.USAGE);
    }
    System.exit(run(args));
  }

  private static int run(String... args) {
    StandardOutput output = new StandardOutput();
    PrintWriter out = new PrintWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8), true);
    CommandLine commandLine = commandLineFor(output, args).setOut(out);
    int code = commandLine.execute(args);
    out.flush();
    Optional<String> trouble = output.trouble();
    trouble.ifPresent(text -> commandLine.getErr().println("fq: " + text));
    return trouble.isPresent() && code == ExitCode.DONE ? ExitCode.TROUBLE : code;
  }

  /** The command with this process's environment, and what these arguments need of it. */
  static CommandLine commandLineFor(OutputStream bytes, String... args) {
    CommandLine root = new CommandLine(fq(System.getenv(), Clock.systemUTC(), bytes));
    Verbs.addFor(args, root);
    return configured(root);
  }

  /** The command with all verbs and this environment; its output can be redirected. */
  static CommandLine commandLine(Map<String, String> environment) {
    return commandLine(environment, Clock.systemUTC(), OutputStream.nullOutputStream());
  }

  /**
   * The same at this time of day.
   *
   * @param bytes gets what is no text of ours
   */
  static CommandLine commandLine(Map<String, String> environment, Clock clock, OutputStream bytes) {
    CommandLine root = new CommandLine(fq(environment, clock, bytes));
    Verbs.addAll(root);
    return configured(root);
  }

  private static FqCommand fq(Map<String, String> environment, Clock clock, OutputStream bytes) {
    return new FqCommand(environment, clock, Main.class.getName(), bytes);
  }

  private static CommandLine configured(CommandLine root) {
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(Main::execute)
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionExceptionHandler(Main::fail);
  }

  private static int execute(ParseResult parsed) {
    ParseResult verb = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    Logging.configure(
        verb.commandSpec().name(),
        isVerbose(verb),
        verb.matchedOptionValue("--log", Logging.Format.TEXT));
    return new RunLast().execute(parsed);
  }

  private static boolean isVerbose(ParseResult parsed) {
    return parsed.matchedOptionValue("--verbose", false);
  }

  private static int refuse(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    CommandSpec spec = e.getCommandLine().getCommandSpec();
    err.println("fq: " + complaint(e, args));
    err.println("Try 'fq help" + (spec.parent() == null ? "" : " " + spec.name()) + "'.");
    return ExitCode.USAGE;
  }

  private static boolean hasEndOfOptions(String... args) {
    return Arrays.asList(args).contains(SubmitCommand.END_OF_OPTIONS);
  }

  private static String complaint(ParameterException e, String... args) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      // picocli names the values of an enum as Java does, and not as help and completion do.
      return ENUM_VALUES
          .matcher(String.valueOf(e.getMessage()))
          .replaceAll(values -> values.group(1).toLowerCase(Locale.ROOT));
    }
    CommandSpec spec = e.getCommandLine().getCommandSpec();
    String word = unmatched.getUnmatched().get(0);
    if (unmatched.isUnknownOption()) {
      boolean isCommands = spec.userObject() instanceof SubmitCommand && !hasEndOfOptions(args);
      return "unknown option \"%s\"%s"
          .formatted(
              word,
              isCommands
                  ? "; if it is the command's, put -- before the command"
                  : didYouMean(word, spec.optionsMap().keySet()));
    }
    return spec.parent() == null
        ? "unknown verb \"" + word + "\"" + didYouMean(word, spec.subcommands().keySet())
        : "expected nothing more, found \"" + word + "\"";
  }

  private static String didYouMean(String word, Set<String> known) {
    return NearestNames.likely(word, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static int fail(Exception e, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    if (isVerbose(parsed.hasSubcommand() ? parsed.subcommand() : parsed)) {
      e.printStackTrace(err);
    }
    err.println("fq: " + Trouble.line(e));
    if (Trouble.isInterruption(e)) {
      return Signals.exitCode().orElse(ExitCode.TROUBLE);
    }
    if (e instanceof UnfitHostException) {
      return ExitCode.UNFIT_HOST;
    }
    return e instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.TROUBLE;
  }
}
