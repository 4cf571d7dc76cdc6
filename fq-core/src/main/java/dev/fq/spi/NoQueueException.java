package dev.fq.spi;

import java.io.IOException;

/** There is no queue at this address, or no longer; the message says what was found instead. */
public final class NoQueueException extends IOException {

  private static final long serialVersionUID = 1;

  public NoQueueException(String message) {
    super(message);
  }

  public NoQueueException(String message, Throwable cause) {
    super(message, cause);
  }
}
