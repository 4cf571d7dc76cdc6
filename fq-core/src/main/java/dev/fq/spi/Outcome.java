package dev.fq.spi;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of one attempt at a task, as the worker knows it that made the attempt.
 *
 * @param task the task's id
 * @param type the name of its type, or of its function with its module; empty when the payload says
 *     none
 * @param command the words of a command, shortened; null for another task
 * @param attempt which attempt it was, from 1
 * @param result what became of it
 * @param begun when the task was leased
 * @param ended when the worker had done with it
 * @param host where, as holders have it
 * @param slot in which of the worker's slots, from 1; 0 when it did not get into one
 * @param exitCode of the command; null when it has none
 * @param peakMemory the most memory that a process of the command was seen to use, in bytes; null
 *     where that is not known
 * @param exception the class of what the task threw; null when it threw nothing, or its reason says
 *     it all
 * @param reason the first line of why the attempt failed; null when it did not
 */
public record Outcome(
    TaskId task,
    String type,
    @Nullable String command,
    int attempt,
    TaskOutcome result,
    Instant begun,
    Instant ended,
    String host,
    int slot,
    @Nullable Integer exitCode,
    @Nullable Long peakMemory,
    @Nullable String exception,
    @Nullable String reason) {

  /** How long the worker had the task. */
  public Duration time() {
    return Duration.between(begun, ended);
  }
}
