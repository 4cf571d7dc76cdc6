package dev.fq.cli;

import picocli.CommandLine.Command;

/** Tells the version. */
@Command(
    name = "version",
    description = "Print the version of fq and that of Java.",
    footer = {"", "Examples:", "  fq version", "  fq version | head -n 1"})
final class VersionCommand extends Verb {

  @Override
  public Integer call() {
    spec().commandLine().printVersionHelp(out());
    return ExitCode.DONE;
  }
}
