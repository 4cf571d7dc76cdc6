package dev.fq.spi;

import java.time.Instant;

/**
 * The right to work on one task until a deadline.
 *
 * @param id the task
 * @param payload what it says
 * @param attempt which attempt this is, from 1. Leases that failed or just ended count; those that
 *     were released do not, where the backend has {@link Capability#UNCOUNTED_RELEASE}
 * @param deadline when the task becomes leasable by others unless the lease is renewed before, by
 *     the backend's own clock
 * @param receipt what tells this lease from all others, in the backend's own form; a renewal does
 *     not change it
 */
public record Lease(TaskId id, Payload payload, int attempt, Instant deadline, String receipt) {

  /** The task and its attempt, without the payload: payloads may hold what logs must not. */
  @Override
  public String toString() {
    return "task " + id + ", attempt " + attempt + ", leased until " + deadline;
  }
}
