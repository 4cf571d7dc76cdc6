package dev.fq;

import java.util.HashSet;
import java.util.List;

/**
 * What a worker has for its tasks to take.
 *
 * @param slots 1 or more
 * @param memory bytes; 0 when the worker does not share out memory
 * @param gpus the devices, by the names that CUDA_VISIBLE_DEVICES takes
 */
record Node(int slots, long memory, List<String> gpus) {

  private static final String UNITS = "KMGT";

  /**
   * @throws IllegalArgumentException if a device is named twice
   */
  Node {
    gpus = List.copyOf(gpus);
    if (new HashSet<>(gpus).size() < gpus.size()) {
      throw new IllegalArgumentException("GPUs: expected each once, found " + gpus);
    }
  }

  /**
   * Passes when this has what a task of the queue takes.
   *
   * @throws IllegalArgumentException if there is less of something
   */
  void requireFor(String queue, Needs needs) {
    if (needs.slots() > slots) {
      throw tooLittle(queue, needs.slots() + " slots", "has " + slots);
    }
    if (needs.memory() > memory) {
      throw tooLittle(
          queue,
          size(needs.memory()) + " of memory",
          memory == 0 ? "was given none to share out" : "has " + size(memory));
    }
    if (needs.gpus() > gpus.size()) {
      throw tooLittle(
          queue,
          needs.gpus() == 1 ? "1 GPU" : needs.gpus() + " GPUs",
          gpus.isEmpty() ? "was given none" : "has " + gpus.size());
    }
  }

  private static IllegalArgumentException tooLittle(String queue, String asked, String found) {
    return new IllegalArgumentException(
        "%s: a task of it takes %s, and this worker %s".formatted(queue, asked, found));
  }

  /** Bytes, in the largest unit that makes them a whole number. */
  static String size(long bytes) {
    long rest = bytes;
    int unit = -1;
    while (rest > 0 && rest % 1024 == 0 && unit < UNITS.length() - 1) {
      rest /= 1024;
      unit++;
    }
    return unit < 0 ? rest + " bytes" : "" + rest + UNITS.charAt(unit);
  }

  @Override
  public String toString() {
    return "slots: "
        + slots
        + (memory == 0 ? "" : ", memory: " + size(memory))
        + (gpus.isEmpty() ? "" : ", GPUs: " + String.join(",", gpus));
  }
}
