package dev.fq.file;

import java.util.Locale;

/**
 * What a {@link Doctor} says of one thing.
 *
 * @param check what was looked at, in a word or two
 * @param level how it stands
 * @param found what was found, in one line
 * @param advice what to do about it; empty when nothing is to be done
 */
public record Finding(String check, Level level, String found, String advice) {

  /** How something stands. */
  public enum Level {
    /** As it should be. */
    OK,
    /** It works, and somebody should know. */
    WARN,
    /** It does not work, or will not for long. */
    BAD;

    /** The level as commands and JSON write it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Level.OK, found, "");
  }

  static Finding warn(String check, String found, String advice) {
    return new Finding(check, Level.WARN, found, advice);
  }

  static Finding bad(String check, String found, String advice) {
    return new Finding(check, Level.BAD, found, advice);
  }
}
