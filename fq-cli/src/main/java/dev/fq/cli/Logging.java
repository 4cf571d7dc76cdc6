package dev.fq.cli;

/** Sets up what is logged to standard error, before the first logger is made. */
final class Logging {

  private static final String LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private Logging() {}

  /** A worker tells what it does; other verbs tell only what goes wrong. */
  static void configure(String verb, boolean verbose) {
    String usual = verb.equals("work") ? "info" : "warn";
    System.setProperty(LEVEL, verbose ? "debug" : usual);
  }
}
