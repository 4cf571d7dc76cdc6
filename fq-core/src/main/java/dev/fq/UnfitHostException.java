package dev.fq;

/**
 * A worker has stopped since this host could not attempt task after task, see {@link
 * WorkerBuilder#hostTroubleLimit}. The message says what to mend.
 */
public final class UnfitHostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnfitHostException(String message) {
    super(message);
  }
}
