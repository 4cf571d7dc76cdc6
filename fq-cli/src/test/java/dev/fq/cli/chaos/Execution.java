package dev.fq.cli.chaos;

import dev.fq.cli.chaos.Journal.Event;

/** One execution of a task by a worker, from its begin to its end, if it came to that. */
final class Execution {

  private final String id;
  private final int attempt;
  private final long pid;
  private final long begin;
  private long end = Long.MAX_VALUE;
  private boolean isDone;
  private boolean isGivenBack;

  Execution(Event begun) {
    this.id = begun.id();
    this.attempt = begun.attempt();
    this.pid = begun.pid();
    this.begin = begun.nanos();
  }

  /** Takes the end that belongs to it. */
  void endWith(Event event) {
    if (attempt == event.attempt() && pid == event.pid() && end == Long.MAX_VALUE) {
      end = event.nanos();
      isDone = event.kind().equals("done");
      isGivenBack = event.kind().equals("interrupted");
    }
  }

  String id() {
    return id;
  }

  int attempt() {
    return attempt;
  }

  long pid() {
    return pid;
  }

  long begin() {
    return begin;
  }

  /** {@link Long#MAX_VALUE} when it never came. */
  long end() {
    return end;
  }

  boolean isDone() {
    return isDone;
  }

  boolean isGivenBack() {
    return isGivenBack;
  }
}
