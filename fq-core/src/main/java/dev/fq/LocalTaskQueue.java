package dev.fq;

import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
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

  /** What {@link TaskContext#queue} says. */
  static final String NAME = "local";

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

  private long insertAll(Spliterator<? extends Task> tasks) throws InterruptedException {
    execute();
    return new Execution(tasks.getExactSizeIfKnown()) {
      @Override
      @Nullable Entry next() {
        Entry[] next = {null};
        tasks.tryAdvance(task -> next[0] = new Entry(task, Map.of()));
        return next[0];
      }
    }.run();
  }

  /**
   * Executes all tasks that were taken in; for the rest as {@link #insertAll(Iterable)}. After an
   * exception, those that were not begun are still there.
   */
  public long execute() throws InterruptedException {
    return new Execution(waiting.size()) {
      @Override
      @Nullable Entry next() {
        return waiting.poll();
      }
    }.run();
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
          "interrupted with %d tasks not executed".formatted(waiting.size()), e);
    }
  }

  /** One run over a source of tasks. */
  private abstract class Execution {

    private final long total;
    private long done;

    Execution(long total) {
      this.total = total;
    }

    /** The next task, or null; called by one thread at a time. */
    abstract @Nullable Entry next();

    long run() throws InterruptedException {
      try {
        Crew.run(threads, this::executeNext);
        return done;
      } catch (RuntimeException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("a task's exception was not wrapped", e);
      }
    }

    private boolean executeNext() throws InterruptedException {
      Entry entry;
      synchronized (this) {
        entry = next();
      }
      if (entry == null) {
        return false;
      }
      LocalTaskQueue.execute(entry);
      synchronized (this) {
        progress.at(++done, total);
      }
      return true;
    }
  }

  private static void execute(Entry entry) throws InterruptedException {
    Task task = entry.task;
    try {
      Payload payload = task.payload();
      asWorkersMakeIt(task, payload)
          .execute(TaskContext.local(TaskId.next(), payload, entry.values));
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      throw new TaskExecutionException(task.toString(), e);
    }
  }

  /** A function is in JSON already. */
  private static Task asWorkersMakeIt(Task task, Payload payload) {
    return task instanceof FunctionTask ? task : TaskJson.task(payload, task.getClass());
  }
}
