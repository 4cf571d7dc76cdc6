package dev.fq.cli;

import dev.fq.UnfitHostException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
    System.exit(commandLineFor(args).execute(args));
  }

  /** The command with this process's environment, and what these arguments need of it. */
  static CommandLine commandLineFor(String... args) {
    CommandLine root = new CommandLine(new FqCommand(System.getenv()));
    Verbs.addFor(args, root);
    return configured(root);
  }

  /** The command with all verbs and this environment; its output can be redirected. */
  static CommandLine commandLine(Map<String, String> environment) {
    CommandLine root = new CommandLine(new FqCommand(environment));
    Verbs.addAll(root);
    return configured(root);
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
    err.println("fq: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try 'fq help" + (spec.parent() == null ? "" : " " + spec.name()) + "'.");
    return ExitCode.USAGE;
  }

  private static int fail(Exception e, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    if (isVerbose(parsed.hasSubcommand() ? parsed.subcommand() : parsed)) {
      e.printStackTrace(err);
    }
    err.println("fq: " + Trouble.line(e));
    if (e instanceof UnfitHostException) {
      return ExitCode.UNFIT_HOST;
    }
    return e instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.TROUBLE;
  }
}
