package dev.fq.spi;

import java.util.Locale;

/** Where a task stands. */
public enum TaskState {
  /** Can be leased now: never leased, given back, or its lease has ended. */
  WAITING,
  /** Becomes waiting when it is due: inserted with a delay, or failed and to be tried again. */
  DELAYED,
  /** Somebody works on it. */
  LEASED,
  /** Given up after its last attempt failed. */
  DEAD;

  /** The state as commands and JSON write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The {@link #label}, as options of the command take it too. */
  @Override
  public String toString() {
    return label();
  }
}
