package dev.fq;

/**
 * An attempt that could not be made here, for a reason that is this host's and not the task's: a
 * program that is not installed, a file system that is not mounted, no more processes, a type of
 * tasks that the worker does not know. The task goes back without having used up an attempt, and
 * the worker pauses; see {@link WorkerBuilder#hostTroubleLimit}. The message says what to mend.
 */
public final class HostTroubleException extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean isLack;

  /** Trouble that this text says all about. */
  public HostTroubleException(String reason) {
    this(reason, false);
  }

  private HostTroubleException(String reason, boolean isLack) {
    super(reason);
    this.isLack = isLack;
  }

  /**
   * What this worker was started without, such as a type of tasks. Others that were started so too
   * have the same trouble, and it says nothing against the task.
   */
  static HostTroubleException lacking(String reason) {
    return new HostTroubleException(reason, true);
  }

  boolean isLack() {
    return isLack;
  }

  /** Trouble with its cause. */
  public HostTroubleException(String reason, Throwable cause) {
    super(reason, cause);
    this.isLack = false;
  }
}
