package dev.fq;

import org.jspecify.annotations.Nullable;

/** The failure that came first of those of several threads, with the others as suppressed. */
final class FirstFailure {

  private @Nullable Throwable first;

  @SuppressWarnings("ReferenceEquality") // the very same one must not suppress itself
  synchronized void add(Throwable failure) {
    if (first == null) {
      first = failure;
    } else if (first != failure) {
      first.addSuppressed(failure);
    }
  }

  synchronized boolean isPresent() {
    return first != null;
  }

  synchronized boolean isInterruption() {
    return first instanceof InterruptedException;
  }

  /** Throws what came first, if there is anything. */
  synchronized void rethrow() throws Exception {
    if (first instanceof Exception exception) {
      throw exception;
    }
    if (first instanceof Error error) {
      throw error;
    }
  }
}
