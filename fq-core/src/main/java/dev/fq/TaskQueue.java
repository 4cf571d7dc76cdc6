package dev.fq;

import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.Gate;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskResult;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue of tasks, made comfortable: tasks of any number go in, in batches and in constant memory;
 * workers come out of {@link #worker}; and whoever does it by hand leases and ends tasks here.
 *
 * <pre>{@code
 * try (TaskQueue queue = TaskQueue.open("/shared/q")) {
 *   queue.insert(IntStream.range(0, 1_000_000).mapToObj(Downsample::new));
 * }
 * }</pre>
 *
 * <p>Transient trouble with the store behind the queue is tried again, see {@link Builder#retries}.
 * All methods may be called by any number of threads. When this is closed, all but {@link #close}
 * and {@link #toString} throw {@link IllegalStateException}.
 */
public final class TaskQueue implements AutoCloseable {

  private static final Duration FIRST_LOOK = Duration.ofMillis(100);
  private static final Duration LAST_LOOK = Duration.ofSeconds(5);

  private final QueueBackend backend;
  private final String address;
  private final Clock clock;
  private volatile @Nullable TaskRegistry registry;
  private volatile boolean closed;

  private TaskQueue(
      QueueBackend backend, String address, Clock clock, @Nullable TaskRegistry registry) {
    this.backend = backend;
    this.address = address;
    this.clock = clock;
    this.registry = registry;
  }

  /** One that inserts into a queue which a worker has open. */
  static TaskQueue over(QueueBackend backend, String address, Clock clock) {
    return new TaskQueue(backend, address, clock, null);
  }

  /**
   * Opens the queue at this address, and makes it where nothing is; for the rest as {@link
   * Builder#open}.
   */
  public static TaskQueue open(String url) throws IOException {
    return at(url).open();
  }

  /** Opens the queue at this address; for the rest as {@link Builder#open}. */
  public static TaskQueue open(String url, OpenMode mode) throws IOException {
    return at(url).mode(mode).open();
  }

  /**
   * How to open the queue at this address: a path, {@code fq://…}, or a URL of another backend that
   * is on the class path.
   *
   * @throws IllegalArgumentException if the address is not understood
   */
  public static Builder at(String url) {
    return at(QueueUrl.parse(url));
  }

  /** How to open the queue at this address; for the rest as {@link #at(String)}. */
  public static Builder at(QueueUrl url) {
    return new Builder(url);
  }

  /** How to open a queue. A bad setting is refused where it is set. */
  public static final class Builder {

    private QueueUrl url;
    private OpenMode mode = OpenMode.CREATE;
    private @Nullable TaskRegistry registry;
    private final Clock clock = SteadyClock.from(Clock.systemUTC(), System::nanoTime);
    private int retries = 8;
    private Duration minRetryDelay = Duration.ofMillis(100);
    private Duration maxRetryDelay = Duration.ofSeconds(5);

    private Builder(QueueUrl url) {
      this.url = url;
    }

    /** Whether the queue is made where nothing is; it is unless set. */
    public Builder mode(OpenMode openMode) {
      this.mode = openMode;
      return this;
    }

    /** A setting of the backend, as after the {@code ?} of the address. */
    public Builder option(String name, String value) {
      this.url = url.with(name, value);
      return this;
    }

    /** The tasks that workers execute; those of {@link TaskRegistry#load} unless set. */
    public Builder registry(TaskRegistry tasks) {
      this.registry = tasks;
      return this;
    }

    /** The tasks that workers execute: {@link TaskRegistry#of}. */
    public Builder tasks(Class<?>... types) {
      return registry(TaskRegistry.of(types));
    }

    /**
     * How often, and after what times, verbs are tried again on transient trouble: about {@code
     * min} after the first time, doubling up to {@code max}, each changed at random by up to a
     * half. 8 times, a tenth of a second and 5 seconds unless set. What the caller did wrong is
     * never tried again.
     *
     * @param count how often; 0 for never
     * @throws IllegalArgumentException if the count is negative, {@code min} not above zero, or
     *     {@code max} below {@code min}
     */
    public Builder retries(int count, Duration min, Duration max) {
      if (count < 0) {
        throw new IllegalArgumentException("retries: expected 0 or more, found " + count);
      }
      Arguments.range("retry delay", min, max);
      this.retries = count;
      this.minRetryDelay = min;
      this.maxRetryDelay = max;
      return this;
    }

    /**
     * Opens the queue.
     *
     * @throws dev.fq.spi.NoQueueException if there is none and {@link #mode} makes none, or if
     *     something else is there
     * @throws IllegalArgumentException if the address or an option is not understood
     */
    public TaskQueue open() throws IOException {
      return of(QueueBackendProvider.openQueue(url, mode));
    }

    TaskQueue of(QueueBackend backend) {
      return new TaskQueue(
          new Retrying(backend, retries, minRetryDelay, maxRetryDelay),
          address(backend),
          clock,
          registry);
    }

    /**
     * A path may be relative to where this process is; a service's address may need its options.
     */
    private String address(QueueBackend backend) {
      return backend.url().equals(url.toString()) ? url.text() : backend.url();
    }
  }

  /**
   * The queue behind this one, with all verbs.
   *
   * @throws IllegalStateException if this is closed
   */
  public QueueBackend backend() {
    if (closed) {
      throw new IllegalStateException(backend.url() + ": this TaskQueue is closed; open another");
    }
    return backend;
  }

  /** By which it can be opened again from everywhere, with the options that it was opened with. */
  String address() {
    return address;
  }

  /** How a worker on this queue's tasks works. */
  public WorkerBuilder worker() {
    return Worker.of(this);
  }

  /** Executes this queue's tasks. */
  TaskHandler handler() {
    return new RegisteredTasks(registry());
  }

  /** Who only inserts or looks never needs it. */
  private TaskRegistry registry() {
    TaskRegistry known = registry;
    if (known == null) {
      known = TaskRegistry.load();
      registry = known;
    }
    return known;
  }

  // insert

  /**
   * Inserts a task.
   *
   * @return 1
   * @throws NullPointerException if it is null
   */
  public long insert(Task task) throws IOException {
    return insert(List.of(given(task)));
  }

  /** Inserts a task with these options; for the rest as {@link #insert(Task)}. */
  public long insert(Task task, InsertOptions options) throws IOException {
    return insert(List.of(given(task)), options);
  }

  /** Inserts these tasks; for the rest as {@link #insert(Iterable, InsertOptions)}. */
  public long insert(Iterable<? extends Task> tasks) throws IOException {
    return insert(tasks, InsertOptions.none());
  }

  /**
   * Inserts these tasks while they are generated: the first are in the queue before the last are
   * asked for, and no more than {@link InsertOptions#parallel} batches are in memory.
   *
   * <p>With several batches on their way, the source is asked by several threads, one at a time. A
   * source whose spliterator tells the sizes of its parts ({@link Spliterator#SUBSIZED}), such as a
   * list or a parallel stream over a range, is split and generated by several threads at once.
   *
   * @return how many were inserted
   * @throws IncompleteInsertException if the queue or the source fails on the way, one of the tasks
   *     is null or cannot be written, or this thread is interrupted, which it stays; says which
   *     tasks are in the queue
   */
  public long insert(Iterable<? extends Task> tasks, InsertOptions options) throws IOException {
    return insert(tasks.spliterator(), options);
  }

  /** Inserts what the iterator gives; for the rest as {@link #insert(Iterable, InsertOptions)}. */
  public long insert(Iterator<? extends Task> tasks, InsertOptions options) throws IOException {
    return insert(ofUnknownSize(tasks), options);
  }

  /** Inserts what the stream gives; for the rest as {@link #insert(Iterable, InsertOptions)}. */
  public long insert(Stream<? extends Task> tasks) throws IOException {
    return insert(tasks, InsertOptions.none());
  }

  /**
   * Inserts what the stream gives, and closes it; for the rest as {@link #insert(Iterable,
   * InsertOptions)}. Only a parallel stream is generated by several threads at once.
   */
  public long insert(Stream<? extends Task> tasks, InsertOptions options) throws IOException {
    try (tasks) {
      return insert(tasks.spliterator(), options);
    }
  }

  private long insert(Spliterator<? extends Task> tasks, InsertOptions options) throws IOException {
    return insert(tasks, task -> options.task(given(task).payload()), options);
  }

  /**
   * Copies all tasks that are waiting, delayed or leased in another queue into this one, under
   * their ids and whatever their types; none has been attempted here. Where this queue can list its
   * tasks, those whose ids it has already, waiting or dead, are passed over: a copy that was
   * interrupted can be made again. Workers may go on meanwhile on both sides; what they complete in
   * the other queue before it is read is not copied. With {@link InsertOptions#bundle}, all that
   * waits here one by one is bundled at the end. The ids of both queues are kept in memory, about a
   * hundred bytes each. For the rest as {@link #insert(Iterable, InsertOptions)}.
   *
   * @return how many were copied
   * @throws UnsupportedOperationException if the other queue cannot list its tasks
   * @throws IllegalArgumentException if the other queue is this one
   */
  public long copyFrom(TaskQueue other, InsertOptions options) throws IOException {
    requireOther(other);
    other.requireListing();
    requireBundlesFor(options);
    long copied = new Copy(other.backend(), backend(), options).run();
    bundleWhatWaits(options);
    return copied;
  }

  /**
   * Moves all tasks that are waiting in another queue into this one, under their ids, whatever
   * their types and whether or not the other queue can list them; they arrive as new, without the
   * attempts that were made there. What is delayed or leased there stays.
   *
   * <p>Between file queues of one file system, whose directories have the same owner, group and
   * permissions, a move is one rename a task: it is in exactly one of the queues at any time. Else
   * each task is inserted here and then deleted there. When this is killed between, it is in both;
   * moving again, when its lease there has ended, deletes it there if this queue can list its tasks
   * and has the very same one, which nobody holds.
   *
   * <p>A task whose id another task has here stays where it is, and so does one that is dead,
   * leased or delayed here. With {@link InsertOptions#bundle}, all that waits here one by one is
   * bundled at the end.
   *
   * @return how many were moved
   * @throws TasksStayException if some stay for that reason; it says which, and why
   * @throws IllegalArgumentException if the other queue is this one
   * @throws IncompleteInsertException if this queue fails on the way; what is not in it is given
   *     back to the other. Its places say nothing
   * @throws InterruptedException if interrupted; what was moved by then is here
   */
  public long moveFrom(TaskQueue other, InsertOptions options)
      throws IOException, InterruptedException {
    requireOther(other);
    requireBundlesFor(options);
    try {
      long moved = new Move(other.backend(), backend(), options, clock).run();
      bundleWhatWaits(options);
      return moved;
    } catch (TasksStayException e) {
      bundleWhatWaits(options);
      throw e;
    }
  }

  /** Under the ids that they have, tasks come in one by one. */
  private void bundleWhatWaits(InsertOptions options) throws IOException {
    if (options.bundle() > 1) {
      backend().bundle(options.bundle(), info -> info.state() == TaskState.WAITING);
    }
  }

  private void requireBundlesFor(InsertOptions options) {
    if (options.bundle() > 0 && !backend.capabilities().contains(Capability.BUNDLES)) {
      throw new IllegalArgumentException(
          backend.url() + ": this kind of queue has no bundles; do it without");
    }
  }

  /** Inserts payloads as they are; for the rest as {@link #insert(Iterable, InsertOptions)}. */
  public long insertPayloads(Iterator<Payload> payloads, InsertOptions options) throws IOException {
    return insert(ofUnknownSize(payloads), options::task, options);
  }

  /**
   * Inserts tasks under ids of the inserter's choice; those that are there already are passed over,
   * as with {@link InsertOptions#unique()}. For the rest as {@link #insert(Iterable,
   * InsertOptions)}.
   *
   * <p>RACE: of two programs that insert one id at the same time, one may learn of the other's task
   * only if it looks again, which it does every ten seconds, or before a rename that would give the
   * name twice. If the first task is leased before, the queue has two.
   *
   * @return how many were new, and were inserted
   * @throws UnsupportedOperationException if the queue cannot tell that a task is there, {@link
   *     Capability#UNIQUE_IDS}; or what was completed, {@link Capability#OUTCOMES}, where that is
   *     asked for
   * @throws IllegalArgumentException if {@link Uniqueness#completedWithin} is asked for, and not
   *     that workers record outcomes ({@link dev.fq.spi.OutcomeLog#ask})
   */
  public long insertNamed(Iterator<NamedTask> tasks, InsertOptions options) throws IOException {
    InsertOptions unique = options.uniqueness() == null ? options.unique() : options;
    return insert(ofUnknownSize(tasks), unique::task, unique);
  }

  private void requireOther(TaskQueue other) throws IOException {
    if (backend().isSameAs(other.backend())) {
      String by =
          other.backend().url().equals(backend().url()) ? "" : ", as " + other.backend().url();
      throw new IllegalArgumentException(
          backend().url() + ": expected another queue to take tasks from, found the same" + by);
    }
  }

  private static <T extends Task> T given(@Nullable T task) {
    return Objects.requireNonNull(task, "expected a task, found null");
  }

  private static <T> Spliterator<T> ofUnknownSize(Iterator<T> elements) {
    return Spliterators.spliteratorUnknownSize(elements, Spliterator.ORDERED);
  }

  private <T> long insert(
      Spliterator<T> source, Function<? super T, NewTask> task, InsertOptions options)
      throws IOException {
    requireBundlesFor(options);
    return new BulkInsert<>(backend(), source, task, options, admission(options.uniqueness()))
        .run();
  }

  private @Nullable Admission admission(@Nullable Uniqueness uniqueness) throws IOException {
    if (uniqueness == null) {
      return null;
    }
    if (!backend().capabilities().contains(Capability.UNIQUE_IDS)) {
      throw new UnsupportedOperationException(
          backend().url() + ": this kind of queue cannot tell whether a task is there already");
    }
    if (!uniqueness.completedWithin().isZero() && !outcomes().isAsked()) {
      throw new IllegalArgumentException(
          backend().url()
              + ": expected that workers record outcomes, which tell what was completed; say fq"
              + " record on");
    }
    return new Admission(backend(), uniqueness, clock);
  }

  // lease and end by hand

  /** Leases a task for this time, or none when nothing is waiting. */
  public Optional<LeasedTask> lease(Duration duration) throws IOException {
    return lease(1, duration).stream().findFirst();
  }

  /** Leases up to {@code max} tasks that are waiting, for this time each. */
  public List<LeasedTask> lease(int max, Duration duration) throws IOException {
    try {
      return lease(max, duration, Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /**
   * Leases up to {@code max} tasks for this time each; waits for one when there is none. For the
   * rest as {@link QueueBackend#lease}.
   */
  public List<LeasedTask> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException {
    return backend().lease(max, duration, wait).stream()
        .map(lease -> new LeasedTask(lease, this::registry))
        .toList();
  }

  /**
   * Makes the lease last this long from now. What is returned replaces what was given, which no
   * longer counts.
   *
   * @throws LeaseLostException as {@link QueueBackend#renew}
   */
  public LeasedTask renew(LeasedTask task, Duration duration)
      throws IOException, LeaseLostException {
    return new LeasedTask(backend().renew(task.lease(), duration), this::registry);
  }

  /**
   * Gives the task back before its time.
   *
   * @throws LeaseLostException as {@link QueueBackend#release}
   */
  public void release(LeasedTask task) throws IOException, LeaseLostException {
    backend().release(task.lease());
  }

  /**
   * The task is done: removes and counts it.
   *
   * @throws LeaseLostException as {@link QueueBackend#complete(Lease)}
   */
  public void complete(LeasedTask task) throws IOException, LeaseLostException {
    backend().complete(task.lease());
  }

  /**
   * Removes the task without counting it.
   *
   * @throws LeaseLostException as {@link QueueBackend#delete(Lease)}
   */
  public void delete(LeasedTask task) throws IOException, LeaseLostException {
    backend().delete(task.lease());
  }

  /**
   * Completes these tasks.
   *
   * @return how many; those whose leases are lost are not
   */
  public long complete(List<LeasedTask> tasks) throws IOException {
    return (long) tasks.size() - backend().completeEach(leases(tasks)).size();
  }

  /**
   * Removes these tasks without counting them.
   *
   * @return how many; those whose leases are lost are not
   */
  public long delete(List<LeasedTask> tasks) throws IOException {
    return (long) tasks.size() - backend().deleteEach(leases(tasks)).size();
  }

  private static List<Lease> leases(List<LeasedTask> tasks) {
    return tasks.stream().map(LeasedTask::lease).toList();
  }

  /**
   * Removes tasks wherever they stand, and counts them; see {@link QueueBackend#completeById}.
   *
   * @throws UnsupportedOperationException if the backend cannot find a task by its id
   */
  public long completeById(Set<TaskId> ids) throws IOException {
    return backend().completeById(ids);
  }

  /**
   * Removes tasks wherever they stand, without counting them; see {@link QueueBackend#deleteById}.
   *
   * @throws UnsupportedOperationException if the backend cannot find a task by its id
   */
  public long deleteById(Set<TaskId> ids) throws IOException {
    return backend().deleteById(ids);
  }

  // look

  /** How many tasks there are and have been. A file queue lists its directory for this. */
  public QueueStats stats() throws IOException {
    return backend().stats();
  }

  /** How many tasks are not done: waiting, delayed or leased; empty if that cannot be told. */
  public OptionalLong enqueued() throws IOException {
    return stats().enqueued();
  }

  /** How many tasks are leased; empty where the backend cannot tell. */
  public OptionalLong leased() throws IOException {
    return stats().leased();
  }

  /** How many tasks were inserted since the last {@link #rezero}, or empty. */
  public OptionalLong inserted() throws IOException {
    return stats().inserted();
  }

  /** How many tasks were completed since the last {@link #rezero}, or empty. */
  public OptionalLong completed() throws IOException {
    return stats().completed();
  }

  /**
   * Whether nothing is waiting, delayed or leased, as far as the backend can tell.
   *
   * @throws UnsupportedOperationException if it cannot tell at all; see {@link Capability#SIZE}
   */
  public boolean isEmpty() throws IOException {
    return backend().isEmpty();
  }

  /**
   * Where every task stands, lazily; to be closed. See {@link QueueBackend#list}.
   *
   * @throws UnsupportedOperationException if the backend cannot tell
   */
  public Stream<TaskInfo> list() throws IOException {
    requireListing();
    return backend().list();
  }

  /**
   * All tasks that are waiting, delayed or leased, lazily; to be closed. See {@link
   * QueueBackend#entries}.
   *
   * @throws UnsupportedOperationException if the backend cannot tell
   */
  public Stream<QueuedTask> tasks() throws IOException {
    requireListing();
    return backend().entries(task -> true).map(entry -> new QueuedTask(entry, this::registry));
  }

  /**
   * What tasks have returned until now, as JSON, where workers {@link WorkerBuilder#record record}
   * outcomes; lazily, to be closed. See {@link dev.fq.spi.OutcomeLog#results}.
   *
   * @throws UnsupportedOperationException if the queue keeps no outcomes; where workers record them
   *     in a directory, {@link Results} reads them
   */
  public Stream<TaskResult> results() throws IOException {
    return recorded().all();
  }

  /**
   * What tasks of this class have returned until now, as {@link #results()}. After {@link #insert}
   * and {@link #blockUntilEmpty()}, that is a map over a cluster.
   */
  public <R extends @Nullable Object> Stream<Result<R>> results(Class<? extends ResultTask<R>> type)
      throws IOException {
    return recorded().of(type);
  }

  /**
   * What tasks of this type have returned until now, as {@link #results()}, for functions and
   * commands; see {@link Results#of(String, Class)}.
   */
  public <R> Stream<Result<R>> results(String type, Class<R> result) throws IOException {
    return recorded().of(type, result);
  }

  private Results recorded() {
    return Results.in(outcomes());
  }

  private OutcomeLog outcomes() {
    return backend()
        .outcomes()
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    backend().url() + ": queues of this kind keep no outcomes"));
  }

  private void requireListing() {
    if (!backend().capabilities().contains(Capability.LIST)) {
      throw new UnsupportedOperationException(
          backend().url() + ": queues of this kind cannot list their tasks");
    }
  }

  /**
   * Waits until no task is waiting, delayed or leased.
   *
   * @throws UnsupportedOperationException as {@link #isEmpty}
   * @throws InterruptedException if interrupted
   */
  public void blockUntilEmpty() throws IOException, InterruptedException {
    blockUntilEmpty(Arguments.LONGEST, stats -> {});
  }

  /**
   * Waits until no task is waiting, delayed or leased, and has not been for {@link
   * QueueBackend#emptyAfter}.
   *
   * @param timeout how long to wait at most
   * @param seen is told the figures at each look
   * @return whether the queue was seen empty; false when the time was up before
   * @throws IllegalArgumentException if the timeout is negative
   * @throws UnsupportedOperationException as {@link #isEmpty}
   */
  public boolean blockUntilEmpty(Duration timeout, Consumer<QueueStats> seen)
      throws IOException, InterruptedException {
    Arguments.notNegative("timeout", timeout);
    long end = System.nanoTime() + timeout.toNanos();
    long look = FIRST_LOOK.toNanos();
    long seenLast = System.nanoTime();
    while (true) {
      QueueStats stats = backend().stats();
      seen.accept(stats);
      if (stats.enqueued().orElse(0) > 0 || !backend().isEmpty()) {
        seenLast = System.nanoTime();
      } else if (System.nanoTime() - seenLast >= backend().emptyAfter().toNanos()) {
        return true;
      }
      long rest = end - System.nanoTime();
      if (rest <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(look, rest));
      look = Math.min(look * 2, LAST_LOOK.toNanos());
    }
  }

  /**
   * Has this queue wait for others: none of its tasks is leased before those are empty and have no
   * dead tasks. For the rest see {@link QueueBackend#closeGate}.
   *
   * @throws IllegalArgumentException as {@link QueueBackend#closeGate}
   * @throws UnsupportedOperationException if the queue has no gates, {@link Capability#GATES}
   */
  public void closeGate(TaskQueue... after) throws IOException {
    List<QueueUrl> others = Stream.of(after).map(other -> QueueUrl.parse(other.address())).toList();
    backend().closeGate(new Gate(others, false));
  }

  // set right

  /**
   * Ends all leases: the tasks are waiting again, and their holders have lost them.
   *
   * @return how many were released
   * @throws UnsupportedOperationException if the backend cannot
   */
  public long releaseAll() throws IOException {
    return backend().releaseAll(task -> true);
  }

  /** The dead tasks, lazily; to be closed. See {@link QueueBackend#dead}. */
  public Stream<TaskDetail> dead() throws IOException {
    return backend().dead();
  }

  /**
   * Makes those dead tasks that {@code which} picks waiting again, as new.
   *
   * @return how many
   */
  public long retryDead(Predicate<? super TaskId> which) throws IOException {
    return backend().retryDead(which);
  }

  /**
   * Removes those dead tasks that {@code which} picks.
   *
   * @return how many
   */
  public long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return backend().purgeDead(which);
  }

  /**
   * Sets what {@link #inserted} and {@link #completed} tell to zero.
   *
   * @throws UnsupportedOperationException if the backend does not count
   */
  public void rezero() throws IOException {
    backend().rezero();
  }

  /**
   * Removes all tasks that are waiting, delayed or leased.
   *
   * @return how many were removed; empty where the service does not say
   */
  public OptionalLong purge() throws IOException {
    return backend().purge();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    backend.close();
  }

  @Override
  public String toString() {
    return backend.url();
  }
}
