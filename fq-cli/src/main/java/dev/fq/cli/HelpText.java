package dev.fq.cli;

import java.util.List;

/** The texts of a command's help, for pages and scripts that picocli does not write. */
final class HelpText {

  private HelpText() {}

  /** The text with its line ends; in picocli's texts %n is one, and %% a percent sign. */
  static String plain(String text) {
    return String.format(text);
  }

  /** The first sentence, or what it says up to a colon or semicolon, without a full stop. */
  static String firstSentence(String... description) {
    String text = description.length == 0 ? "" : plain(description[0]);
    return text.replaceAll("(?s)([.;:]\\s.*|\\R.*)", "").replaceAll("[.]$", "");
  }

  /** The same of a description that comes as a list. */
  static String firstSentence(List<String> description) {
    return firstSentence(description.toArray(String[]::new));
  }
}
