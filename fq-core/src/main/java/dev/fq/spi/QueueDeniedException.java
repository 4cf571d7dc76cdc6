package dev.fq.spi;

import java.io.IOException;

/**
 * This user may not do in the queue what a verb has to do; the message says what, where and what to
 * do. It will be the same until somebody changes permissions.
 */
public final class QueueDeniedException extends IOException {

  private static final long serialVersionUID = 1;

  public QueueDeniedException(String message, Throwable cause) {
    super(message, cause);
  }
}
