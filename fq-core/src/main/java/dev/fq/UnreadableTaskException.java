package dev.fq;

/**
 * A payload from which no task can be made: it names what is not registered, or its fields do not
 * fit. The message says what was expected and what was found.
 */
public final class UnreadableTaskException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnreadableTaskException(String message) {
    super(message);
  }

  UnreadableTaskException(String message, Throwable cause) {
    super(message, cause);
  }
}
