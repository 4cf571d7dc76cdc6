package dev.fq.cli;

import dev.fq.spi.QueueBackendProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** All verbs, in the order in which help shows them. */
final class Verbs {

  private static final List<String> ALL =
      List.of(
          "demo",
          "insert",
          "submit",
          "work",
          "status",
          "list",
          "peek",
          "wait",
          "gate",
          "limit",
          "release",
          "rm",
          "dead",
          "record",
          "history",
          "log",
          "results",
          "rezero",
          "purge",
          "cp",
          "mv",
          "bundle",
          "unbundle",
          "doctor",
          "migrate",
          "completion",
          "license",
          "version",
          "help");

  private Verbs() {}

  /** Adds every verb to the command. */
  static void addAll(CommandLine root) {
    ALL.forEach(name -> add(name, root));
    FqCommand.tellAddresses(root.getCommandSpec());
  }

  /**
   * Adds what these arguments need: most often one verb, since the annotations of all take longer
   * to read than a short verb takes to run.
   */
  static void addFor(String[] arguments, CommandLine root) {
    String first = arguments.length == 0 ? "" : arguments[0];
    if (!ALL.contains(first) || first.equals("help") || first.equals("completion")) {
      addAll(root);
    } else {
      root.addSubcommand(first, verb(first));
      // Looking for all kinds of queues takes time, and a short verb is most often without options.
      if (Arrays.stream(arguments).anyMatch(word -> word.startsWith("-"))) {
        addOptions(first, root);
      }
    }
  }

  private static void add(String name, CommandLine root) {
    root.addSubcommand(name, verb(name));
    addOptions(name, root);
  }

  private static void addOptions(String name, CommandLine root) {
    CommandLine added = Objects.requireNonNull(root.getSubcommands().get(name));
    QueueSettings.addOptions(added.getCommandSpec(), QueueBackendProvider.installed());
  }

  private static Object verb(String name) {
    return switch (name) {
      case "demo" -> new DemoCommand();
      case "insert" -> new InsertCommand();
      case "submit" -> new SubmitCommand();
      case "work" -> new WorkCommand();
      case "status" -> new StatusCommand();
      case "list" -> new ListCommand();
      case "peek" -> new PeekCommand();
      case "wait" -> new WaitCommand();
      case "gate" -> new GateCommand();
      case "limit" -> new LimitCommand();
      case "release" -> new ReleaseCommand();
      case "rm" -> new RmCommand();
      case "dead" -> new DeadCommand();
      case "record" -> new RecordCommand();
      case "history" -> new HistoryCommand();
      case "log" -> new LogCommand();
      case "results" -> new ResultsCommand();
      case "rezero" -> new RezeroCommand();
      case "purge" -> new PurgeCommand();
      case "cp" -> new CpCommand();
      case "mv" -> new MvCommand();
      case "bundle" -> new BundleCommand();
      case "unbundle" -> new UnbundleCommand();
      case "doctor" -> new DoctorCommand();
      case "migrate" -> new MigrateCommand();
      case "completion" -> new CompletionCommand();
      case "license" -> new LicenseCommand();
      case "version" -> new VersionCommand();
      case "help" -> help();
      default -> throw new IllegalArgumentException("no such verb: " + name);
    };
  }

  private static CommandLine help() {
    CommandLine help = new CommandLine(new HelpCommand());
    help.getCommandSpec().usageMessage().footer("", "Examples:", "  fq help", "  fq help work");
    return help;
  }
}
