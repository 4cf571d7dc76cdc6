package dev.fq.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every verb has. Its {@code call} gives the exit code. */
@Command(mixinStandardHelpOptions = true, versionProvider = FqCommand.Version.class)
abstract class Verb implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell more, and show stack traces.")
  private boolean verbose;

  final boolean isVerbose() {
    return verbose;
  }

  final CommandSpec spec() {
    return spec;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Whether this option stands on the command line. */
  final boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** To be thrown when the words of the command line do not fit together. */
  final ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
