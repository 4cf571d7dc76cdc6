package dev.fq;

/** Why a worker stopped leasing. */
public enum StopReason {
  /** {@link Worker#stop} was called. */
  STOPPED("asked to stop", true),
  /** Nothing was waiting, delayed or leased by anybody. */
  EMPTY("the queue is empty", false),
  /** As many tasks as wanted were begun. */
  MAX_TASKS("the number of tasks is reached", false),
  /** The time limit was reached. */
  TIME_LIMIT("the time limit is reached", false),
  /** The hard time limit was reached. */
  HARD_TIME_LIMIT("the hard time limit is reached", true),
  /** This host could not attempt task after task. */
  UNFIT_HOST("this host is unfit", false),
  /** There was trouble for good with each of the queues. */
  NO_QUEUE_LEFT("no queue is left to work on", false),
  /** There was nothing to do for so long. */
  IDLE("nothing to do for the idle timeout", false),
  /** The caller's own condition held. */
  CONDITION("the stop condition holds", false);

  private final String text;
  private final boolean hurried;

  StopReason(String text, boolean hurried) {
    this.text = text;
    this.hurried = hurried;
  }

  /** Whether running tasks have only the grace time left; otherwise they end in their own time. */
  boolean isHurried() {
    return hurried;
  }

  /** The reason in words. */
  @Override
  public String toString() {
    return text;
  }
}
