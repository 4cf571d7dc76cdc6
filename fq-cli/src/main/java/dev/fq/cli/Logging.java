package dev.fq.cli;

import java.util.Locale;

/** Sets up what is logged to standard error, before the first logger is made. */
final class Logging {

  /** How log lines look. */
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String PROVIDER = "slf4j.provider";
  private static final String LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
  private static final String SHOW_TIME = "org.slf4j.simpleLogger.showDateTime";
  private static final String TIME_FORMAT = "org.slf4j.simpleLogger.dateTimeFormat";

  private Logging() {}

  /** A worker tells what it does, and when; other verbs tell only what goes wrong. */
  static void configure(String verb, boolean verbose, Format format) {
    boolean work = verb.equals("work");
    String level = verbose ? "debug" : work ? "info" : "warn";
    // It tells of the choice of a provider else.
    System.setProperty("slf4j.internal.verbosity", "WARN");
    if (format == Format.JSON) {
      // Only Logback writes JSON, and only simple lines start at once.
      System.setProperty(PROVIDER, "ch.qos.logback.classic.spi.LogbackServiceProvider");
      System.setProperty("logback.configurationFile", "log-json.xml");
      System.setProperty("fq.log.level", level);
      return;
    }
    System.setProperty(PROVIDER, "org.slf4j.simple.SimpleServiceProvider");
    System.setProperty(LEVEL, level);
    if (work || verbose) {
      // Not for the others: making the format takes longer than they do.
      System.setProperty(SHOW_TIME, "true");
      System.setProperty(TIME_FORMAT, "yyyy-MM-dd'T'HH:mm:ssXXX");
    }
  }
}
