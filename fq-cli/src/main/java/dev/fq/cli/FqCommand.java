package dev.fq.cli;

import dev.fq.spi.QueueBackendProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command itself: its verbs, and the environment that they share. */
@Command(
    name = "fq",
    description = "A task queue that needs nothing but a shared directory.",
    mixinStandardHelpOptions = true,
    versionProvider = FqCommand.Version.class,
    footer = {
      "",
      "Exit codes: 0 done; 1 trouble; 2 usage; 3 done, but tasks went dead in this run;",
      "4 a limit was reached first; 5 this host could not attempt task after task."
    })
final class FqCommand implements Runnable {

  private final Map<String, String> environment;
  private final Clock clock;
  private final String mainClass;
  private final OutputStream bytes;

  @Spec private CommandSpec spec;

  /**
   * @param mainClass what a process of Java is started with that runs this command
   * @param bytes standard output, for what is no text of ours
   */
  FqCommand(Map<String, String> environment, Clock clock, String mainClass, OutputStream bytes) {
    this.environment = environment;
    this.clock = clock;
    this.mainClass = mainClass;
    this.bytes = bytes;
  }

  /** The environment of the command that this is the specification of, whichever verb it is. */
  static Map<String, String> environment(CommandSpec spec) {
    return ((FqCommand) spec.root().userObject()).environment;
  }

  /** How this command is started as another process, before its arguments. */
  static List<String> startingAnother(CommandSpec spec) {
    String java = ProcessHandle.current().info().command().orElse("java");
    String mainClass = ((FqCommand) spec.root().userObject()).mainClass;
    return List.of(
        java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), mainClass);
  }

  /** Adds to the help what a QUEUE can be. */
  static void tellAddresses(CommandSpec root) {
    List<String> footer = new ArrayList<>();
    footer.addAll(List.of("", "QUEUE is a directory, or a URL such as one of these:"));
    QueueBackendProvider.installed().stream()
        .map(QueueBackendProvider::example)
        .filter(example -> !example.isEmpty())
        .map(example -> "  " + example)
        .sorted()
        .forEach(footer::add);
    footer.add("The environment variable FQ_QUEUE stands in for a missing QUEUE.");
    footer.addAll(List.of(root.usageMessage().footer()));
    root.usageMessage().footer(footer.toArray(String[]::new));
  }

  /** Standard output as it is, beside what a verb prints to it. */
  static OutputStream bytes(CommandSpec spec) {
    return ((FqCommand) spec.root().userObject()).bytes;
  }

  /** The time of day for all verbs. */
  static Clock clock(CommandSpec spec) {
    return ((FqCommand) spec.root().userObject()).clock;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "expected a verb: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** Tells the version that the build wrote down. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties properties = new Properties();
      try (InputStream in = FqCommand.class.getResourceAsStream("/fq.properties")) {
        properties.load(in);
      }
      return new String[] {
        "fq " + properties.getProperty("version"),
        "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
      };
    }
  }
}
