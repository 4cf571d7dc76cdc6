package dev.fq.spi;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does, without a lease: look at a queue as a whole, and mend it. Not every
 * backend has each of these verbs, see {@link QueueBackend#capabilities}.
 */
public interface QueueAdmin {

  /** The address of this queue, as it can be opened again. */
  String url();

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

  /**
   * All tasks that {@code which} picks, the dead ones included, with their bodies, readable or not,
   * and without their failures; for the rest as {@link #list}. Others are not read. {@link
   * Capability#LIST}.
   */
  Stream<TaskDetail> bodies(Predicate<? super TaskInfo> which) throws IOException;

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
   * QueueConsumer#release(Lease)}. {@link Capability#RELEASE_ALL}.
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

  /**
   * Puts tasks that lie in the queue one by one into units of storage that have many, as {@link
   * QueueProducer#insertBundled} does: those that wait or are delayed, were never attempted, and
   * that {@code which} picks; delayed ones with others that are due at the same second. Tasks stay
   * what they are otherwise. {@link Capability#BUNDLES}.
   *
   * <p>May be called while workers are at work. While a bundle is made of them, its tasks count
   * twice.
   *
   * @param size how many tasks a bundle has at most, from 2; large tasks make smaller bundles
   * @return how many tasks are in a bundle now that were not before
   * @throws UnsupportedOperationException if the queue has no bundles
   */
  default long bundle(int size, Predicate<? super TaskInfo> which) throws IOException {
    throw new UnsupportedOperationException("this queue has no bundles");
  }

  /**
   * The other way round: gives each task of the bundles that nobody holds a file of its own. What a
   * worker holds stays a bundle. {@link Capability#BUNDLES}.
   *
   * @return how many tasks have a file of their own now that had none
   * @throws UnsupportedOperationException if the queue has no bundles
   */
  default long unbundle() throws IOException {
    throw new UnsupportedOperationException("this queue has no bundles");
  }

  /**
   * Where workers write what becomes of each attempt; {@link Capability#OUTCOMES}. Empty where the
   * backend keeps none.
   */
  default Optional<OutcomeLog> outcomes() {
    return Optional.empty();
  }

  /**
   * Where workers keep what tasks write; {@link Capability#OUTPUT}. Empty where the backend keeps
   * none.
   */
  default Optional<OutputLog> output() {
    return Optional.empty();
  }

  /**
   * Makes this queue wait for others: {@link QueueConsumer#lease(int, Duration, Duration)} gives no
   * task before they are empty, each at two looks a second or more apart, and longer than {@link
   * #emptyAfter} says. Then the gate opens for good. While it is closed, {@link #isEmpty} is false.
   * A task that is named by its id can be leased at any time, and so can what was leased before.
   * Replaces a gate that is closed. {@link Capability#GATES}.
   *
   * <p>Workers look once a second, or less often if a look takes long, so what was inserted into
   * one of the others when it had been empty for two seconds comes too late.
   *
   * @throws IllegalArgumentException if one of the others is not there, is this queue, waits for
   *     it, or cannot tell when it is empty, or whether it has dead tasks, where that matters
   * @throws UnsupportedOperationException if the queue has no gates
   */
  default void closeGate(Gate gate) throws IOException {
    throw new UnsupportedOperationException(url() + ": this kind of queue has no gates");
  }

  /** Opens the gate now, if there is one. */
  default void openGate() throws IOException {
    throw new UnsupportedOperationException(url() + ": this kind of queue has no gates");
  }

  /** What this queue waits for; empty when its gate is open, or it has none. */
  default Optional<Gate> gate() throws IOException {
    return Optional.empty();
  }

  /**
   * Why the gate is closed, a line for each queue that keeps it so; empty when it is open, or will
   * be at the next looks.
   */
  default List<String> gateWaitsFor() throws IOException {
    return List.of();
  }

  /**
   * Limits how many tasks of this queue run at a time, or begin in a time, over all hosts; {@link
   * Capability#LIMITS}. Workers look at it once a second. {@link QueueConsumer#lease(int, Duration,
   * Duration)} gives no task beyond it. Tasks that are named by their ids can be leased all the
   * same, and what is leased already goes on.
   *
   * <p>A task counts as running as long as it is leased; one whose lease has ended does not, though
   * its worker may not know that yet. Where all hosts see each rename at once there is never a task
   * too many; over a network file system, as many as are begun within the time that a client takes
   * an old listing for new.
   *
   * @param limit null to end it
   * @throws UnsupportedOperationException if the queue has no limits
   */
  default void limit(@Nullable Limit limit) throws IOException {
    throw new UnsupportedOperationException(url() + ": this kind of queue has no limits");
  }

  /**
   * The limit of this queue.
   *
   * @throws IOException also if what is written there is none; then nothing is leased
   */
  default Optional<Limit> limit() throws IOException {
    return Optional.empty();
  }

  /** Sets {@code inserted} and {@code completed} to zero; {@link Capability#COUNTERS}. */
  void rezero() throws IOException;

  /**
   * Removes all tasks that are waiting, delayed or leased. Dead tasks and counts stay. A backend
   * that can remove only what it can lease says so, and leaves the rest.
   *
   * @return how many were removed; empty where the service does not say
   */
  OptionalLong purge() throws IOException;
}
