package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The QUEUE of verbs that take nothing else. */
final class QueueArgument {

  static final String VARIABLE = "FQ_QUEUE";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

  // After whatever the verb itself takes before it.
  @Parameters(
      index = "0+",
      arity = "0..1",
      paramLabel = "QUEUE",
      description = "The queue: a directory or a URL.")
  private @Nullable String given;

  @Mixin private final QueueSettings settings;

  QueueArgument(QueueSettings settings) {
    this.settings = settings;
  }

  TaskQueue.Builder at() {
    return settings.at(url(verb, given));
  }

  TaskQueue open(OpenMode mode) throws IOException {
    return at().mode(mode).open();
  }

  /** The queue that is given, or else the environment's. */
  static String url(CommandSpec verb, @Nullable String given) {
    String url = given == null ? fromEnvironment(verb) : given;
    if (url == null) {
      throw new ParameterException(
          verb.commandLine(), "expected a QUEUE, or one in the environment variable " + VARIABLE);
    }
    return url;
  }

  static @Nullable String fromEnvironment(CommandSpec verb) {
    String url = FqCommand.environment(verb).get(VARIABLE);
    return url == null || url.isBlank() ? null : url;
  }
}
