package dev.fq;

/**
 * A worker could not go on: this process has no memory or no threads left, say. It has leased
 * nothing more since, and has ended or given back what it held as far as that could be.
 */
public final class WorkerFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  WorkerFailedException(String what) {
    super(what);
  }

  WorkerFailedException(String what, Throwable cause) {
    super("%s: %s".formatted(what, cause), cause);
  }
}
