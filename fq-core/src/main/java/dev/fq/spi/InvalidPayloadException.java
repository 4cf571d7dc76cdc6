package dev.fq.spi;

import java.io.IOException;

/** A text that cannot be a task's payload; the message says what and where. */
public final class InvalidPayloadException extends IOException {

  private static final long serialVersionUID = 1;

  public InvalidPayloadException(String message) {
    super(message);
  }

  InvalidPayloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
