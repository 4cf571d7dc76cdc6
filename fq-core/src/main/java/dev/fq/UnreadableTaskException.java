package dev.fq;

/**
 * A payload from which no task can be made: it names what is not registered, or its fields do not
 * fit. The message says what was expected and what was found.
 */
public final class UnreadableTaskException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean isUnregistered;

  UnreadableTaskException(String message) {
    this(message, false);
  }

  private UnreadableTaskException(String message, boolean isUnregistered) {
    super(message);
    this.isUnregistered = isUnregistered;
  }

  UnreadableTaskException(String message, Throwable cause) {
    super(message, cause);
    this.isUnregistered = false;
  }

  static UnreadableTaskException unregistered(String message) {
    return new UnreadableTaskException(message, true);
  }

  /**
   * Whether its type or function is not in the {@link TaskRegistry}. That says nothing against the
   * task: another worker may know it.
   */
  public boolean isUnregistered() {
    return isUnregistered;
  }
}
