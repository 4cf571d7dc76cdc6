package dev.fq.cli;

/** What the exit codes of {@code fq} mean. */
final class ExitCode {

  static final int DONE = 0;
  static final int TROUBLE = 1;
  static final int USAGE = 2;

  /** Done, but tasks went dead in this run. */
  static final int DEAD = 3;

  /** A limit was reached first. */
  static final int LIMIT = 4;

  /** This host could not attempt task after task. */
  static final int UNFIT_HOST = 5;

  private ExitCode() {}
}
