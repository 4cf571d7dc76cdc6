package dev.fq;

import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Executes tasks in this process, with no queue at all: for small jobs, and to try out tasks.
 *
 * <pre>{@code
 * try (LocalTaskQueue queue = LocalTaskQueue.withThreads(8)) {
 *   queue.insert(tasks);
 * }                              // executes them
 * }</pre>
 *
 * <p>Each task is made from its payload before it is executed, as a worker would: what works here
 * works in a queue. A task that throws ends the execution, and the caller gets its exception. Not
 * to be used by several threads at once.
 */
public final class LocalTaskQueue implements AutoCloseable {

  /** What stands for the address of the queue. */
  private static final String URL = "local";

  private final int threads;

  private final Deque<Entry> waiting = new ArrayDeque<>();
  private ProgressListener progress = ProgressListener.NONE;

  private record Entry(Task task, Map<String, Object> values) {}

  private LocalTaskQueue(int threads) {
    this.threads = threads;
  }

  /**
   * A queue whose tasks this many threads execute; one is the caller's own.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public static LocalTaskQueue withThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads: expected 1 or more, found " + count);
    }
    return new LocalTaskQueue(count);
  }

  /** Who is told after each task. */
  public LocalTaskQueue progress(ProgressListener listener) {
    this.progress = listener;
    return this;
  }

  /**
   * Takes a task in, to be executed by {@link #execute} or {@link #close}.
   *
   * @return 1
   */
  public long insert(Task task) {
    return insert(task, Map.of());
  }

  /**
   * Takes a task in.
   *
   * @param values what this task finds by {@link TaskContext#value}
   * @return 1
   */
  public long insert(Task task, Map<String, Object> values) {
    waiting.add(new Entry(task, Map.copyOf(values)));
    return 1;
  }

  /**
   * Takes tasks in.
   *
   * @return how many
   */
  public long insert(Iterable<? extends Task> tasks) {
    return insert(tasks.iterator());
  }

  /**
   * Takes tasks in.
   *
   * @return how many
   */
  public long insert(Stream<? extends Task> tasks) {
    return insert(tasks.iterator());
  }

  /**
   * Takes tasks in.
   *
   * @return how many
   */
  public long insert(Iterator<? extends Task> tasks) {
    long count = 0;
    while (tasks.hasNext()) {
      count += insert(tasks.next());
    }
    return count;
  }

  /**
   * Executes tasks while they are generated, so that any number of them takes no more memory than
   * those at work, after what was taken in before.
   *
   * @return how many were executed
   * @throws TaskExecutionException if a task threw; it names the task. Those that other threads
   *     were at have ended, and no other was begun
   * @throws InterruptedException if interrupted; the tasks at work were interrupted too
   */
  public long insertAll(Iterable<? extends Task> tasks) throws InterruptedException {
    return insertAll(tasks.spliterator());
  }

  /** As {@link #insertAll(Iterable)}. */
  public long insertAll(Iterator<? extends Task> tasks) throws InterruptedException {
    return insertAll(Spliterators.spliteratorUnknownSize(tasks, Spliterator.ORDERED));
  }

  /** As {@link #insertAll(Iterable)}. */
  public long insertAll(Stream<? extends Task> tasks) throws InterruptedException {
    return insertAll(tasks.spliterator());
  }

  private <T extends Task> long insertAll(Spliterator<T> tasks) throws InterruptedException {
    execute();
    Execution<T> execution =
        new Execution<>(tasks.getExactSizeIfKnown(), task -> execute(new Entry(task, Map.of())));
    return execution.run(tasks);
  }

  /**
   * Executes all tasks that were taken in; for the rest as {@link #insertAll(Iterable)}. After an
   * exception, those that were not begun are still there.
   */
  public long execute() throws InterruptedException {
    Polled polled = new Polled();
    Execution<Entry> execution = new Execution<>(waiting.size(), LocalTaskQueue::execute);
    try {
      return execution.run(Spliterators.spliteratorUnknownSize(polled, Spliterator.ORDERED));
    } finally {
      polled.giveBackUnless(execution.begun());
    }
  }

  /** Takes tasks out one by one; the last may be too late to be begun. */
  private final class Polled implements Iterator<Entry> {
    private long count;
    private @Nullable Entry last;

    @Override
    public boolean hasNext() {
      return !waiting.isEmpty();
    }

    @Override
    public Entry next() {
      count++;
      last = waiting.remove();
      return last;
    }

    void giveBackUnless(long begun) {
      if (count > begun && last != null) {
        waiting.addFirst(last);
      }
    }
  }

  /**
   * Executes what was not executed yet.
   *
   * @throws TaskExecutionException as {@link #execute}
   * @throws IllegalStateException if interrupted; this thread stays interrupted
   */
  @Override
  public void close() {
    try {
      execute();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted with %s tasks not executed".formatted(waiting.size()), e);
    }
  }

  /** What to do with one element of a source. */
  private interface Work<T> {
    void on(T element) throws InterruptedException;
  }

  /** One run over a source of tasks. */
  private final class Execution<T> {

    private final FirstFailure failure = new FirstFailure();
    private final BatchFeeder<T> feeder;
    private final long total;
    private long done;

    Execution(long total, Work<? super T> work) {
      this.total = total;
      this.feeder =
          new BatchFeeder<>(
              threads,
              1,
              batch -> {
                work.on(batch.elements().get(0));
                tell();
              },
              failure);
    }

    long run(Spliterator<T> source) throws InterruptedException {
      feeder.run(source);
      try {
        failure.rethrow();
        return done;
      } catch (RuntimeException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("a task's exception was not wrapped", e);
      }
    }

    long begun() {
      return feeder.handedOver();
    }

    private synchronized void tell() {
      progress.at(++done, total);
    }
  }

  private static void execute(Entry entry) throws InterruptedException {
    Task task = entry.task;
    try {
      Payload payload = task.payload();
      TaskContext context =
          TaskContext.local(TaskId.next(), payload, new AtOnce(entry.values), entry.values);
      try {
        asWorkersMakeIt(task, payload).execute(context);
      } finally {
        context.endOutput();
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      throw new TaskExecutionException(task.toString(), e);
    }
  }

  /** Executes the children of one task, each once. */
  private static final class AtOnce implements TaskContext.Queues {

    private final Map<String, Object> values;

    // Guarded by this.
    private final Set<TaskId> known = new HashSet<>();

    AtOnce(Map<String, Object> values) {
      this.values = values;
    }

    @Override
    public ChildQueue own(TaskId parent) {
      return new ChildQueue(URL, parent, this::execute);
    }

    @Override
    public ChildQueue at(String address, TaskId parent) {
      throw new UnsupportedOperationException(
          "a task in a LocalTaskQueue has no other queue: " + address);
    }

    private long execute(Iterator<ChildQueue.Child> children) throws IOException {
      long executed = 0;
      while (children.hasNext()) {
        ChildQueue.Child child = children.next();
        if (isNew(child.id())) {
          try {
            LocalTaskQueue.execute(new Entry(child.task(), values));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted at " + child.task());
          }
          executed++;
        }
      }
      return executed;
    }

    private synchronized boolean isNew(TaskId id) {
      return known.add(id);
    }
  }

  /** A function is in JSON already. */
  private static Task asWorkersMakeIt(Task task, Payload payload) {
    return task instanceof FunctionTask ? task : TaskJson.task(payload, task.getClass());
  }
}
