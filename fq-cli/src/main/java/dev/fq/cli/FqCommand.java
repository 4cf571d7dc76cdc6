package dev.fq.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
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
      "QUEUE is a directory, or a URL: fq:///data/q, sqs://name, or",
      "pubsub://projects/P/topics/T/subscriptions/S. The environment variable FQ_QUEUE",
      "stands in for a missing QUEUE.",
      "",
      "Exit codes: 0 done; 1 trouble; 2 usage; 3 done, but tasks went dead in this run;",
      "4 a limit was reached first; 5 this host could not attempt task after task."
    })
final class FqCommand implements Runnable {

  private final Map<String, String> environment;
  private final Clock clock;

  @Spec private CommandSpec spec;

  FqCommand(Map<String, String> environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
  }

  /** The environment of the command that this is the specification of, whichever verb it is. */
  static Map<String, String> environment(CommandSpec spec) {
    return ((FqCommand) spec.root().userObject()).environment;
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
