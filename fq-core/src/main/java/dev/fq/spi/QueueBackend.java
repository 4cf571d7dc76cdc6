package dev.fq.spi;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * A queue of tasks, raw: JSON payloads, batches, leases. What every backend keeps: the verbs of
 * {@link QueueProducer producers}, of {@link QueueConsumer consumers} and of {@link QueueAdmin
 * operators}.
 *
 * <pre>
 *   insert ──► waiting ──lease──► leased ──complete──► gone, and counted
 * </pre>
 *
 * and in full:
 *
 * <pre>
 *   insert with delay ──► delayed ──due──► waiting
 *   leased ──renew──► leased, until later
 *   leased ──release, expire──► waiting
 *   leased ──fail──► delayed ──due──► waiting
 *   leased ──giveUp──► dead
 *   leased ──delete──► gone, not counted
 * </pre>
 *
 * <p><b>Promised.</b> A task whose insert returned is handed out until it is completed, deleted or
 * dead. Two unexpired leases of one task never exist at once. A task is never seen half written.
 * Losing a race for a task is not an error: a lease just gives another, or none. A lease that no
 * longer counts is told by {@link LeaseLostException}, and a verb that throws it has changed
 * nothing.
 *
 * <p><b>Not promised.</b> Order: it is best effort. Exactly one execution: who works on beyond the
 * end of a lease works beside its next holder.
 *
 * <p>All methods may be called by any number of threads. Verbs of a capability that the backend has
 * not throw {@link UnsupportedOperationException}. {@link IOException} means trouble with the store
 * behind the queue; unless a verb says otherwise it is then unknown whether the verb took place.
 */
public interface QueueBackend extends QueueProducer, QueueConsumer, QueueAdmin, AutoCloseable {

  /**
   * Whether the other is the same queue, whatever its address: a directory by another path, a
   * service's queue by another of its names.
   */
  default boolean isSameAs(QueueBackend other) throws IOException {
    return url().equals(other.url());
  }

  /**
   * How to move waiting tasks from here to the other queue in one step each, which is safer and
   * quicker than to lease, insert and delete them; empty where that cannot be.
   */
  default Optional<DirectMove> directMoveTo(QueueBackend target) throws IOException {
    return Optional.empty();
  }

  /**
   * Whether a task may be waiting that {@link #lease} would give, as far as can be told without
   * leasing one; false where it cannot be told. A worker keeps room free for such a task.
   */
  default boolean hasWaiting() throws IOException {
    return stats().waiting().orElse(0) > 0;
  }

  /** Which of the verbs that not every backend has, this one has. */
  Set<Capability> capabilities();

  /**
   * Whether this trouble, which one of the verbs has thrown, may be over soon, so that it is worth
   * trying again: a server that did not answer, and not a queue that is gone or a permission that
   * is missing. A backend whose service's own library tries again says no.
   */
  default boolean isTransient(IOException trouble) {
    return false;
  }

  /** Lets go of what this object holds open. The queue and its tasks stay as they are. */
  @Override
  void close() throws IOException;
}
