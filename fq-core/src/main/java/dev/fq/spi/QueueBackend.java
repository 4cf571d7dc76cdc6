package dev.fq.spi;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A queue of tasks, raw: JSON payloads, batches, leases. What every backend keeps.
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
 * Losing a race for a task is not an error: {@link #lease} just gives another, or none. A lease
 * that no longer counts is told by {@link LeaseLostException}, and a verb that throws it has
 * changed nothing.
 *
 * <p><b>Not promised.</b> Order: it is best effort. Exactly one execution: who works on beyond the
 * end of a lease works beside its next holder.
 *
 * <p>All methods may be called by any number of threads. Verbs of a capability that the backend has
 * not throw {@link UnsupportedOperationException}. {@link IOException} means trouble with the store
 * behind the queue; unless a verb says otherwise it is then unknown whether the verb took place.
 */
public interface QueueBackend extends AutoCloseable {

  /** The address of this queue, as it can be opened again. */
  String url();

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

  /** Which of the verbs that not every backend has, this one has. */
  Set<Capability> capabilities();

  /**
   * Inserts these tasks. When it returns, all of them are in the queue, but for those that it
   * refuses: a task whose id another task of the queue has, waiting, delayed, leased or dead, or
   * one before it in the list, is not inserted, and nothing happens to the other. Backends with
   * {@link Capability#LIST} refuse them, and look through the whole queue once for each call that
   * has ids of {@link NewTask.IdOrigin#GIVEN}; others cannot tell, and insert them all.
   *
   * <p>RACE: of two inserts of one id at the very same moment one is refused, unless the first task
   * is leased before the second insert ends. Then the queue has two tasks of that id.
   *
   * @return the ids of the tasks that were refused
   * @throws PartialInsertException if only some are in the queue; it says which, and its cause why
   * @throws IllegalArgumentException if one has a delay and the backend not {@link
   *     Capability#DELAY}, or is larger or delayed longer than it takes; none is inserted then
   */
  Set<TaskId> insert(List<NewTask> tasks) throws IOException;

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
   * Completes each of these, as {@link #complete(Lease)}; backends whose service takes many at once
   * do so.
   *
   * @return how many; those whose leases no longer count are not
   */
  default long completeEach(List<Lease> leases) throws IOException {
    return LeaseVerb.each(leases, this::complete);
  }

  /**
   * Deletes each of these, as {@link #delete(Lease)}; for the rest as {@link #completeEach}.
   *
   * @return how many
   */
  default long deleteEach(List<Lease> leases) throws IOException {
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

  /** How many tasks there are and have been. */
  QueueStats stats() throws IOException;

  /**
   * Whether nothing is waiting, delayed or leased, as far as the backend can tell; {@link
   * Capability#SIZE}.
   *
   * <p>RACE: a listing can miss a task that is renamed meanwhile (leased, renewed, failed), so one
   * look at a queue with a single task may find none. Two in a row hardly can.
   */
  default boolean isEmpty() throws IOException {
    for (int look = 0; look < 2; look++) {
      OptionalLong enqueued = stats().enqueued();
      if (enqueued.isEmpty()) {
        throw new UnsupportedOperationException(url() + ": it cannot be told when it is empty");
      }
      if (enqueued.getAsLong() > 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * How long {@link #isEmpty} must say so, look after look, before it is to be believed. Zero where
   * one look tells; services whose figures come late need longer.
   */
  default Duration emptyAfter() {
    return Duration.ZERO;
  }

  /**
   * All tasks, the dead ones included, lazily and in no order; {@link Capability#LIST}. Tasks that
   * move while the stream is read may be missed or come twice. The stream must be closed. Trouble
   * on the way comes as {@link java.io.UncheckedIOException}.
   */
  Stream<TaskInfo> list() throws IOException;

  /**
   * Those of the tasks that are waiting, delayed or leased which {@code which} picks, with what
   * they say, lazily and in no order; for the rest as {@link #list}. Others are not read. What
   * cannot be read as a task is passed over: it is in the list, and whoever leases it finds it
   * dead. {@link Capability#LIST}.
   */
  Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) throws IOException;

  /** One task, or empty when it is not here; {@link Capability#LIST}. */
  Optional<TaskDetail> peek(TaskId id) throws IOException;

  /**
   * Removes those of these tasks that are waiting, delayed or leased, whose holders have lost them
   * then, without counting them; {@link Capability#LIST}. Dead tasks stay.
   *
   * @return how many were removed
   */
  long deleteById(Set<TaskId> ids) throws IOException;

  /**
   * Removes tasks, as {@link #deleteById}, and counts them as completed: somebody has done what
   * they ask for.
   *
   * @return how many were removed and counted
   */
  long completeById(Set<TaskId> ids) throws IOException;

  /**
   * Ends the leases of those leased tasks that {@code which} picks: they are waiting at once, and
   * their holders have lost them. Delayed tasks stay delayed. Uses up no attempt, as {@link
   * #release(Lease)}. {@link Capability#RELEASE_ALL}.
   *
   * @return how many were released
   */
  long releaseAll(Predicate<? super TaskInfo> which) throws IOException;

  /**
   * The dead tasks with their bodies and failures, lazily and in no order; to be closed. Trouble on
   * the way comes as {@link java.io.UncheckedIOException}.
   */
  Stream<TaskDetail> dead() throws IOException;

  /**
   * Makes those dead tasks that {@code which} picks waiting again, as if they were new: their
   * attempts and failures are forgotten. They are not counted as inserted once more. One whose id
   * another task in the queue has, which is waiting, delayed or leased, stays dead, where the
   * backend can tell ({@link Capability#LIST}).
   *
   * @return how many
   */
  long retryDead(Predicate<? super TaskId> which) throws IOException;

  /**
   * Removes those dead tasks that {@code which} picks, and their failures.
   *
   * @return how many
   */
  long purgeDead(Predicate<? super TaskId> which) throws IOException;

  /** Sets {@code inserted} and {@code completed} to zero; {@link Capability#COUNTERS}. */
  void rezero() throws IOException;

  /**
   * Removes all tasks that are waiting, delayed or leased. Dead tasks and counts stay. A backend
   * that can remove only what it can lease says so, and leaves the rest.
   *
   * @return how many were removed; empty where the service does not say
   */
  OptionalLong purge() throws IOException;

  /**
   * How many waiting tasks {@link #lease} has lately passed over, since this process's user may not
   * lease them though others may. A worker that is to end when the queue is empty ends when nothing
   * else is left.
   */
  default long passedOver() {
    return 0;
  }

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
