package dev.fq.spi;

import java.time.Instant;

/**
 * One attempt that failed, or could not be made.
 *
 * @param attempt which one, from 1
 * @param holder who worked on it
 * @param at when the failure was reported
 * @param reason what went wrong
 * @param counted whether it used up an attempt; false when the holder's host was to blame, see
 *     {@link QueueBackend#release(Lease, String)}
 */
public record Failure(int attempt, String holder, Instant at, String reason, boolean counted) {

  /** One attempt that failed. */
  public Failure(int attempt, String holder, Instant at, String reason) {
    this(attempt, holder, at, reason, true);
  }

  /** The host of the holder, as holders have it; empty when it is not known. */
  public String host() {
    return TaskInfo.hostOf(holder).orElse("");
  }
}
