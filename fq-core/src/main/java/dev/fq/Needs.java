package dev.fq;

/**
 * What one task takes of what its worker has, for as long as it runs.
 *
 * @param slots 1 or more
 * @param memory bytes, 0 or more
 * @param gpus how many devices, 0 or more
 */
record Needs(int slots, long memory, int gpus) {

  static final Needs ONE_SLOT = new Needs(1, 0, 0);

  Needs {
    if (slots < 1) {
      throw new IllegalArgumentException(
          "slots of a task: expected 1 or more, found %s".formatted(slots));
    }
    if (memory < 0) {
      throw new IllegalArgumentException(
          "memory of a task: expected 0 bytes or more, found %s".formatted(memory));
    }
    if (gpus < 0) {
      throw new IllegalArgumentException(
          "GPUs of a task: expected 0 or more, found %s".formatted(gpus));
    }
  }

  @Override
  public String toString() {
    return (slots == 1 ? "1 slot" : slots + " slots")
        + (memory == 0 ? "" : ", " + Node.size(memory))
        + (gpus == 0 ? "" : gpus == 1 ? ", 1 GPU" : ", " + gpus + " GPUs");
  }
}
