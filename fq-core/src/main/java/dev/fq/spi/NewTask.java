package dev.fq.spi;

import java.time.Duration;

/**
 * A task to insert.
 *
 * @param id its name; backends keep it wherever they can
 * @param payload what it says
 * @param delay how long it must not be leased after the insert; zero or more
 */
public record NewTask(TaskId id, Payload payload, Duration delay) {

  /**
   * @throws IllegalArgumentException if the delay is negative
   */
  public NewTask {
    Arguments.notNegative("delay", delay);
  }

  /** A task with a fresh id. */
  public static NewTask of(Payload payload, Duration delay) {
    return new NewTask(TaskId.next(), payload, delay);
  }
}
