package dev.fq.spi;

import java.time.Duration;

/**
 * A task to insert.
 *
 * @param id its name; backends keep it wherever they can
 * @param payload what it says
 * @param delay how long it must not be leased after the insert; zero or more
 * @param origin where the id comes from, and so how far the queue looks for another task that has
 *     it
 */
public record NewTask(TaskId id, Payload payload, Duration delay, IdOrigin origin) {

  /** How the inserter came by a task's id. */
  public enum IdOrigin {
    /** It was generated for this insert: no other task has it, and nobody looks for one. */
    GENERATED,
    /**
     * The inserter has looked through the queue, and did not find it: the queue does not look
     * through all its tasks once more.
     */
    LOOKED_UP,
    /** The queue looks through all its tasks for it, where it can. */
    GIVEN
  }

  /**
   * @throws IllegalArgumentException if the delay is negative
   */
  public NewTask {
    Arguments.notNegative("delay", delay);
  }

  /** A task with an id that another task of the queue may have. */
  public NewTask(TaskId id, Payload payload, Duration delay) {
    this(id, payload, delay, IdOrigin.GIVEN);
  }

  /** A task with a fresh id. */
  public static NewTask of(Payload payload, Duration delay) {
    return new NewTask(TaskId.next(), payload, delay, IdOrigin.GENERATED);
  }

  /** The same task, with an id of this origin. */
  public NewTask withOrigin(IdOrigin other) {
    return new NewTask(id, payload, delay, other);
  }
}
