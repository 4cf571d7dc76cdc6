package dev.fq.spi;

import java.util.Locale;

/** What became of one task in a worker's hands. */
public enum TaskOutcome {
  /** It is done. */
  COMPLETED,
  /** The attempt failed, and another will be made. */
  FAILED,
  /** The attempt failed, and it was the last. */
  DEAD,
  /**
   * Its lease was lost, or the queue could not be told how it ended: others will work on it, or
   * have.
   */
  LOST,
  /** It was given back: the worker had to end, or this host could not attempt it. */
  RELEASED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** As files and commands have it: {@code completed}. */
  public String label() {
    return label;
  }

  /** Whether the attempt itself failed. */
  public boolean isFailure() {
    return this == FAILED || this == DEAD;
  }
}
