package dev.fq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What is free of what a worker has. For one thread at a time. */
final class Resources {

  private int slots;
  private long memory;
  private final Deque<String> gpus;
  private final boolean areGpusShared;

  Resources(Node node) {
    this.slots = node.slots();
    this.memory = node.memory();
    this.gpus = new ArrayDeque<>(node.gpus());
    this.areGpusShared = !node.gpus().isEmpty();
  }

  /** Takes slots away for good. */
  void remove(int count) {
    slots -= count;
  }

  /** How many such tasks there is room for now. */
  int fits(Needs needs) {
    long most = slots / needs.slots();
    if (needs.memory() > 0) {
      most = Math.min(most, memory / needs.memory());
    }
    if (needs.gpus() > 0) {
      most = Math.min(most, gpus.size() / needs.gpus());
    }
    return (int) Math.max(0, most);
  }

  /** Whether there would be room for such a task, if one of another kind ended. */
  boolean fitsAfter(Needs needs, Needs ended) {
    return slots + ended.slots() >= needs.slots()
        && memory + ended.memory() >= needs.memory()
        && gpus.size() + ended.gpus() >= needs.gpus();
  }

  /** Whether another task takes of what such a task has too little of. */
  boolean isShortOfWhat(Needs needs, Needs other) {
    return slots < needs.slots()
        || (memory < needs.memory() && other.memory() > 0)
        || (gpus.size() < needs.gpus() && other.gpus() > 0);
  }

  /** Takes what one such task needs; there must be room for it. */
  Grant take(Needs needs) {
    slots -= needs.slots();
    memory -= needs.memory();
    List<String> devices = new ArrayList<>(needs.gpus());
    for (int i = 0; i < needs.gpus(); i++) {
      devices.add(gpus.remove());
    }
    return new Grant(needs.slots(), needs.memory(), List.copyOf(devices), areGpusShared);
  }

  void giveBack(Grant grant) {
    slots += grant.slots();
    memory += grant.memory();
    gpus.addAll(grant.gpus());
  }
}
