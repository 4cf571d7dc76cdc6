package dev.fq;

/** An attempt that failed for a reason that needs no stack trace. */
public final class TaskFailedException extends Exception {

  private static final long serialVersionUID = 1;

  public TaskFailedException(String reason) {
    super(reason);
  }
}
