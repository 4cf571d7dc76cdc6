package dev.fq;

import dev.fq.spi.Arguments;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskLimits;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How tasks are inserted. Immutable; {@code InsertOptions.none().delay(…).parallel(4)}.
 *
 * @param delay how long no task may be leased after its insert; zero unless set
 * @param total how many tasks there will be, for progress; negative, which is unless set, for what
 *     the source knows of itself, if it does
 * @param parallel how many batches are on their way at once, each by a thread of its own; 1 unless
 *     set, which is the caller's
 * @param progress is told after each batch; nobody unless set
 * @param limits what the tasks say of their attempts, before what their types say ({@link Limits});
 *     nothing unless set. Tasks that are copied or moved keep what they say
 * @param ids receives the id of each task that an insert or a copy has brought into the queue,
 *     after its batch, from one thread at a time; nobody unless set
 * @param bundle how many tasks go into one file at most, {@link
 *     dev.fq.spi.QueueProducer#insertBundled}; 0, which is unless set, for a file each
 * @param uniqueness how a task is treated that is there already; null, which it is unless set, if
 *     each task is a new one
 */
public record InsertOptions(
    Duration delay,
    long total,
    int parallel,
    ProgressListener progress,
    TaskLimits limits,
    Consumer<? super TaskId> ids,
    int bundle,
    @Nullable Uniqueness uniqueness) {

  private static final InsertOptions NONE =
      new InsertOptions(
          Duration.ZERO, -1, 1, ProgressListener.NONE, TaskLimits.none(), id -> {}, 0, null);

  /**
   * @throws IllegalArgumentException if the delay is negative, {@code parallel} is below 1, or
   *     {@code bundle} below 0, or tasks are to be unique and bundled: under a given id, each has a
   *     file of its own
   */
  public InsertOptions {
    Arguments.notNegative("delay", delay);
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel: expected 1 or more, found " + parallel);
    }
    if (bundle < 0) {
      throw new IllegalArgumentException("bundle: expected 0 or more, found " + bundle);
    }
    if (bundle > 0 && uniqueness != null) {
      throw new IllegalArgumentException(
          "bundle: unique tasks get a file each, so that it is known at once if one is there; bundle"
              + " what waits afterwards");
    }
  }

  /** A task with this payload, as these options say. */
  NewTask task(Payload payload) {
    return uniqueness == null
        ? NewTask.of(limited(payload), delay)
        : task(NamedTask.byContent(payload));
  }

  /** This task, as these options say. */
  NewTask task(NamedTask task) {
    return new NewTask(task.id(), limited(task.payload()), delay);
  }

  /** The task of this id was not inserted, since it is there. */
  void tellKnown(TaskId id) {
    if (uniqueness != null) {
      uniqueness.known().accept(id);
    }
  }

  /** This payload, with these limits and those that it brings. */
  private Payload limited(Payload payload) {
    return limits.isEmpty() ? payload : payload.withLimits(limits.or(payload.limits()));
  }

  /** Nothing set. */
  public static InsertOptions none() {
    return NONE;
  }

  /** The same, with this delay. */
  public InsertOptions delay(Duration time) {
    return new InsertOptions(time, total, parallel, progress, limits, ids, bundle, uniqueness);
  }

  /** The same, with this total. */
  public InsertOptions total(long count) {
    return new InsertOptions(delay, count, parallel, progress, limits, ids, bundle, uniqueness);
  }

  /** The same, with so many batches on their way at once. */
  public InsertOptions parallel(int batches) {
    return new InsertOptions(delay, total, batches, progress, limits, ids, bundle, uniqueness);
  }

  /** The same, with this listener. */
  public InsertOptions progress(ProgressListener listener) {
    return new InsertOptions(delay, total, parallel, listener, limits, ids, bundle, uniqueness);
  }

  /** The same, with tasks that say this of their attempts. */
  public InsertOptions limits(TaskLimits said) {
    return new InsertOptions(delay, total, parallel, progress, said, ids, bundle, uniqueness);
  }

  /** The same, with a listener for the ids of the inserted tasks. */
  public InsertOptions ids(Consumer<? super TaskId> listener) {
    return new InsertOptions(
        delay, total, parallel, progress, limits, listener, bundle, uniqueness);
  }

  /** The same, with so many tasks in a file at most. */
  public InsertOptions bundle(int tasks) {
    return new InsertOptions(delay, total, parallel, progress, limits, ids, tasks, uniqueness);
  }

  /**
   * The same, for tasks that are not inserted again while they are there: those of one payload are
   * the same task. {@link TaskQueue#insertNamed} is for ids of the inserter's choice.
   */
  public InsertOptions unique() {
    return unique(Uniqueness.ofWhatIsThere());
  }

  /** The same, for tasks that are there already in this sense, as {@link #unique()}. */
  public InsertOptions unique(Uniqueness how) {
    return new InsertOptions(delay, total, parallel, progress, limits, ids, bundle, how);
  }
}
