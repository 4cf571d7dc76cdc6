package dev.fq.spi;

import java.util.List;

/**
 * What a queue waits for: none of its tasks is leased before these queues are empty.
 *
 * @param after their addresses; one at least
 * @param evenIfDead whether their dead tasks do not matter; else they must have none
 */
public record Gate(List<QueueUrl> after, boolean evenIfDead) {

  /**
   * @throws IllegalArgumentException if there is no queue to wait for
   */
  public Gate {
    after = List.copyOf(after);
    if (after.isEmpty()) {
      throw new IllegalArgumentException("gate: expected a queue to wait for, found none");
    }
  }
}
