package dev.fq.spi;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a worker does: it leases tasks, and ends or renews each lease; {@link QueueBackend} says
 * what is promised.
 */
public interface QueueConsumer {

  /**
   * Leases up to {@code max} waiting tasks for this duration each, and counts an attempt for each.
   * Returns at once when there are any, maybe with fewer than there are. An empty list means that
   * nothing leasable was found though the whole queue was looked through, and still nothing after
   * {@code wait}.
   *
   * <p>A task whose body cannot be read is not handed out: it becomes dead, with the reason.
   *
   * <p>What is leased is returned: when a later step of the same call fails, or the thread is
   * interrupted, the tasks that are leased by then are returned all the same, and the trouble shows
   * at the next call. What is not handed out after all for want of a permission or by trouble with
   * the store is given back, as far as that can be. One task that this user may not lease is passed
   * over, see {@link #passedOver}.
   *
   * @param duration how long each lease lasts at least; backends may round up to whole seconds, and
   *     give {@link #longestLease} when this is longer
   * @param wait how long to wait for a task when there is none; zero for not at all. Backends may
   *     end a wait early
   * @throws IllegalArgumentException if {@code max} is below 1, the duration not above zero, or the
   *     wait negative
   * @throws NoQueueException if the queue has gone
   * @throws QueueDeniedException if this user may lease no task here
   * @throws InterruptedException if interrupted before anything was leased
   */
  List<Lease> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException;

  /**
   * Leases those of these very tasks that are waiting, for this duration each, and counts an
   * attempt for each; {@link Capability#LIST}. For the rest as {@link #lease(int, Duration,
   * Duration)}.
   *
   * @return the leases of those that are waiting, in no order
   */
  List<Lease> lease(Set<TaskId> ids, Duration duration) throws IOException;

  /**
   * Leases up to {@code max} tasks out of what this process has claimed already, without looking at
   * the queue; {@link Capability#BUNDLES}. For the rest as {@link #lease(int, Duration, Duration)}.
   *
   * @return none when nothing is left of that, though tasks may be waiting
   */
  default List<Lease> leaseClaimed(int max, Duration duration) throws IOException {
    return List.of();
  }

  /**
   * How long a lease or a renewal lasts at most. Who needs it longer renews it before it ends, as a
   * worker does.
   */
  default Duration longestLease() {
    return Arguments.LONGEST;
  }

  /**
   * Makes the lease last this long from now, or {@link #longestLease}. The returned lease is the
   * given one with another deadline: both have the same receipt, and either serves for what
   * follows. A lease whose deadline has passed can still be renewed as long as nobody else has
   * leased the task.
   *
   * @throws LeaseLostException if the given lease no longer counts
   */
  Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException;

  /**
   * Gives the task back before its time: it is waiting again at once. This uses up no attempt
   * ({@link Capability#UNCOUNTED_RELEASE}).
   *
   * @throws LeaseLostException if the lease no longer counts
   */
  void release(Lease lease) throws IOException, LeaseLostException;

  /**
   * Gives the task back, as {@link #release(Lease)}, since it could not be attempted here for a
   * reason that is not its own. The reason is kept with the task as a {@link Failure} that does not
   * count; backends that keep no reasons drop it, and count the lease, so that a task which no host
   * can attempt comes to an end there too.
   *
   * @throws LeaseLostException if the lease no longer counts
   */
  default void release(Lease lease, String reason) throws IOException, LeaseLostException {
    release(lease);
  }

  /**
   * The task is done: removes and counts it. What counts here is the attempt: this succeeds too
   * when the task was released and nobody has leased it since. The work is done, and need not be
   * done twice. It is never another attempt that is completed, even if that has the same number
   * because the task was dead in between, was moved away and back, or was inserted anew under its
   * id.
   *
   * @throws LeaseLostException if the attempt is over: another holder may be working on the task,
   *     or it is gone; nothing is counted
   */
  void complete(Lease lease) throws IOException, LeaseLostException;

  /**
   * Removes the task without counting it; for the rest as {@link #complete}.
   *
   * @throws LeaseLostException as {@link #complete}
   */
  void delete(Lease lease) throws IOException, LeaseLostException;

  /**
   * Whether completing this lease costs little more together with others, by {@link #completeEach},
   * than it costs alone. A worker goes on with its next task then, and completes those that are
   * done some moments later.
   */
  default boolean completesTogether(Lease lease) {
    return false;
  }

  /**
   * Completes each of these, as {@link #complete(Lease)}; backends whose service takes many at once
   * do so.
   *
   * @return those whose leases no longer count, which are not completed
   * @throws PartialEndException if some could not be completed for trouble with the store; it says
   *     which
   */
  default List<Lease> completeEach(List<Lease> leases) throws IOException {
    return LeaseVerb.each(leases, this::complete);
  }

  /**
   * Deletes each of these, as {@link #delete(Lease)}; for the rest as {@link #completeEach}.
   *
   * @return those whose leases no longer count
   * @throws PartialEndException as {@link #completeEach}
   */
  default List<Lease> deleteEach(List<Lease> leases) throws IOException {
    return LeaseVerb.each(leases, this::delete);
  }

  /**
   * The attempt failed; the task is delayed for {@code retryIn} and then waiting again. The reason
   * is kept with the task until it is completed or deleted.
   *
   * @throws LeaseLostException if the lease no longer counts
   * @throws IllegalArgumentException if {@code retryIn} is negative
   */
  void fail(Lease lease, String reason, Duration retryIn) throws IOException, LeaseLostException;

  /**
   * The attempt failed and there shall be no other: the task becomes dead, and keeps its payload
   * and the reasons of all its failures.
   *
   * @throws LeaseLostException if the lease no longer counts
   */
  void giveUp(Lease lease, String reason) throws IOException, LeaseLostException;

  /**
   * Gives back what this process has claimed and leased to nobody, as far as others look for work
   * and find none; {@link Capability#BUNDLES}. Workers call it every second or so.
   */
  default void share() throws IOException {}

  /**
   * How many waiting tasks {@link #lease} has lately passed over, since this process's user may not
   * lease them though others may. A worker that is to end when the queue is empty ends when nothing
   * else is left.
   */
  default long passedOver() {
    return 0;
  }
}
