package dev.fq;

/** Is told how far something has come. */
@FunctionalInterface
public interface ProgressListener {

  /** Listens to nothing. */
  ProgressListener NONE = (done, total) -> {};

  /**
   * Called after each step, by one thread at a time.
   *
   * @param done how many tasks are done so far
   * @param total how many there are in all; negative when that is not known
   */
  void at(long done, long total);
}
