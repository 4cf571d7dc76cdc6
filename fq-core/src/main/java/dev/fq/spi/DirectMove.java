package dev.fq.spi;

import java.io.IOException;
import java.util.Map;

/**
 * A move of waiting tasks from one queue to another that takes each over in a single step, so that
 * it is in exactly one of the two at any time, whoever is killed.
 */
public interface DirectMove {

  /**
   * Moves some more tasks.
   *
   * @param max how many at most
   * @return whether there may be more; not when the whole queue was looked through
   */
  boolean moveSome(int max) throws IOException;

  /** How many were moved so far, also when {@link #moveSome} has failed on its way. */
  long moved();

  /** The waiting tasks that were left where they are, and why; complete when the move is over. */
  Map<TaskId, String> staying();
}
