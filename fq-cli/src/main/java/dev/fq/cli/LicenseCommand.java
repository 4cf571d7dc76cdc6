package dev.fq.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;

/** Shows the licenses. */
@Command(
    name = "license",
    description = "Print the license of fq, and those of the libraries that it brings.",
    footer = {"", "Examples:", "  fq license | less", "  fq license | grep -i jackson"})
final class LicenseCommand extends Verb {

  @Override
  public Integer call() throws IOException {
    out().println(resource("/dev/fq/cli/LICENSE"));
    out().print(resource("/dev/fq/cli/THIRD-PARTY.txt"));
    out().flush();
    return ExitCode.DONE;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = LicenseCommand.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
