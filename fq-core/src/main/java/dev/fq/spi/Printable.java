package dev.fq.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Makes text from elsewhere (names of files, reasons, what commands wrote) fit to be shown: what
 * would move the cursor, colour the screen, reverse the direction of writing or begin another line
 * is written as an escape of Java, {@code \}{@code u001b}.
 */
public final class Printable {

  private Printable() {}

  /** The text in one line; line ends and tabs are {@code \n}, {@code \r} and {@code \t}. */
  public static String text(String text) {
    int first = 0;
    while (first < text.length() && isPlain(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      append(escaped, text, i);
    }
    return escaped.toString();
  }

  /** The first line of the text, as {@link #text}. */
  public static String line(String text) {
    return text(text.lines().findFirst().orElse(""));
  }

  /**
   * The time in UTC, to the second, as RFC 3339 has it. A fraction is left away, as in the log of
   * the command; due times in the names of tasks have none.
   */
  public static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void append(StringBuilder escaped, String text, int index) {
    char c = text.charAt(index);
    switch (c) {
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      default -> {
        if (isPlain(c) || isPartOfPair(text, index)) {
          escaped.append(c);
        } else {
          escaped.append("\\u").append(hex(c));
        }
      }
    }
  }

  private static String hex(char c) {
    String digits = Integer.toHexString(c);
    return "0".repeat(4 - digits.length()) + digits;
  }

  private static boolean isPlain(char c) {
    if (c < 0x7f) {
      return c >= ' ';
    }
    // The marks of Unicode's bidirectional algorithm (UAX 9, section 2) and line ends are of these.
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  private static boolean isPartOfPair(String text, int index) {
    char c = text.charAt(index);
    return Character.isHighSurrogate(c)
        ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
        : Character.isLowSurrogate(c)
            && index > 0
            && Character.isHighSurrogate(text.charAt(index - 1));
  }
}
