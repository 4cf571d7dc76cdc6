package dev.fq.cli;

import dev.fq.ProgressBar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import picocli.CommandLine.Option;

/** Asks before something is removed. */
final class Confirmation {

  private static final int STANDARD_INPUT = 0;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  /** Whether to go on; else this has said that nothing happens. */
  boolean isGiven(Verb verb, String question) throws IOException {
    if (yes) {
      return true;
    }
    if (!ProgressBar.isTerminal(STANDARD_INPUT)) {
      throw verb.refusal("expected --yes, since there is no terminal to ask on");
    }
    verb.err().printf("%s [y/N] ", question);
    verb.err().flush();
    String answer =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
    boolean given = answer != null && answer.strip().matches("(?i)y|yes");
    if (!given) {
      verb.err().println("fq: nothing was removed");
    }
    return given;
  }
}
