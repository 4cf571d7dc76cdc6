package dev.fq.cli;

/** Sets up what is logged to standard error, before the first logger is made. */
final class Logging {

  private static final String LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
  private static final String SHOW_TIME = "org.slf4j.simpleLogger.showDateTime";
  private static final String TIME_FORMAT = "org.slf4j.simpleLogger.dateTimeFormat";

  private Logging() {}

  /** A worker tells what it does, and when; other verbs tell only what goes wrong. */
  static void configure(String verb, boolean verbose) {
    boolean work = verb.equals("work");
    System.setProperty(LEVEL, verbose ? "debug" : work ? "info" : "warn");
    if (work || verbose) {
      // Not for the others: making the format takes longer than they do.
      System.setProperty(SHOW_TIME, "true");
      System.setProperty(TIME_FORMAT, "yyyy-MM-dd'T'HH:mm:ssXXX");
    }
  }
}
