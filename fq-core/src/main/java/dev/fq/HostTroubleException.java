package dev.fq;

/**
 * An attempt that could not be made here, for a reason that is this host's and not the task's: a
 * program that is not installed, a file system that is not mounted, no more processes. The task
 * goes back without having used up an attempt, and the worker pauses; see {@link
 * WorkerBuilder#hostTroubleLimit}. The message says what to mend.
 */
public final class HostTroubleException extends Exception {

  private static final long serialVersionUID = 1;

  /** Trouble that this text says all about. */
  public HostTroubleException(String reason) {
    super(reason);
  }

  /** Trouble with its cause. */
  public HostTroubleException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
