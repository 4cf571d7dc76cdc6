package dev.fq;

import java.util.List;

/**
 * What one task has taken of what its worker has.
 *
 * @param gpus the devices that are its own, by name
 * @param areGpusShared whether the worker shares out devices, so that no others are the task's
 */
record Grant(int slots, long memory, List<String> gpus, boolean areGpusShared) {

  /** That of a task that runs where nothing is shared out. */
  static final Grant ONE_SLOT = new Grant(1, 0, List.of(), false);
}
