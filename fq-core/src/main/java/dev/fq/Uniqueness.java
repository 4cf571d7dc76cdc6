package dev.fq;

import dev.fq.spi.Arguments;
import dev.fq.spi.TaskId;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How an insert treats tasks that are there already.
 *
 * @param completedWithin a task that was completed this long before or less counts as there; zero
 *     for none
 * @param known is told the id of each task that was not inserted since it is there, in no order, by
 *     one thread at a time
 */
public record Uniqueness(Duration completedWithin, Consumer<? super TaskId> known) {

  private static final Uniqueness OF_WHAT_IS_THERE = new Uniqueness(Duration.ZERO, id -> {});

  /**
   * @throws IllegalArgumentException if the time is negative
   */
  public Uniqueness {
    Arguments.notNegative("completedWithin", completedWithin);
  }

  /** A task that waits, is delayed, is leased or is dead is not inserted again. */
  public static Uniqueness ofWhatIsThere() {
    return OF_WHAT_IS_THERE;
  }

  /**
   * The same, and one that was completed within this time before is not inserted again either, as
   * far as workers have recorded that: they do so up to a second later, and not in the last second
   * before they are killed.
   */
  public Uniqueness completedWithin(Duration time) {
    return new Uniqueness(time, known);
  }

  /** The same, with this listener. */
  public Uniqueness known(Consumer<? super TaskId> listener) {
    return new Uniqueness(completedWithin, listener);
  }
}
