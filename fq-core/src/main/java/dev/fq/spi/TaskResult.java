package dev.fq.spi;

import java.time.Instant;

/**
 * What one attempt at a task returned.
 *
 * @param task the task's id
 * @param type the name of its type, or of its function with its module; empty when the payload says
 *     none
 * @param attempt which attempt it was, from 1
 * @param at when, by the worker's clock
 * @param host where, as holders have it
 * @param json one JSON value (RFC 8259), of at most {@link #MAX_BYTES} bytes in UTF-8
 */
public record TaskResult(
    TaskId task, String type, int attempt, Instant at, String host, String json) {

  /** The longest result, in bytes of UTF-8: it stands in a line that is written and read whole. */
  public static final int MAX_BYTES = 256 * 1024;
}
