package dev.fq;

import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A queue into which a task puts other tasks while it is executed: see {@link TaskContext#queue}.
 *
 * <p>An attempt may be made again, since its worker was killed, say, and then inserts its children
 * again. So a child has a key, the same in each attempt, and an id that is made of its parent's and
 * that key: one that is there already, waiting, delayed, leased or dead, is not inserted again. Of
 * a child that was completed by then nobody knows, unless the queue's workers record outcomes
 * ({@code fq record on}); they do so up to a second late.
 */
public final class ChildQueue {

  /** A task to be inserted. */
  record Child(TaskId id, Task task) {}

  /** What takes children in, and returns how many were new. */
  interface Sink {
    long insert(Iterator<Child> children) throws IOException;
  }

  private final String url;
  private final TaskId parent;
  private final Sink sink;

  ChildQueue(String url, TaskId parent, Sink sink) {
    this.url = url;
    this.parent = parent;
    this.sink = sink;
  }

  /**
   * The address of the queue, with the options that the worker opened it with; {@code local} in a
   * {@link LocalTaskQueue}.
   */
  public String url() {
    return url;
  }

  /**
   * Inserts a child.
   *
   * @param key what tells it from the parent's other children in this queue, any text
   * @return whether it was new
   * @throws IncompleteInsertException if it could not be inserted
   * @throws UnsupportedOperationException if the queue cannot tell that a task is there, see {@link
   *     dev.fq.spi.Capability#UNIQUE_IDS}
   */
  public boolean insert(String key, Task child) throws IOException {
    return sink.insert(List.of(new Child(id(key), child)).iterator()) == 1;
  }

  /**
   * Inserts children while they are generated, and closes the stream. In a {@link LocalTaskQueue}
   * each is executed at once instead.
   *
   * @param key the key of each, as in {@link #insert(String, Task)}
   * @return how many were new
   * @throws IncompleteInsertException as {@link #insert(String, Task)}
   */
  public <T extends Task> long insert(Stream<? extends T> children, Function<? super T, String> key)
      throws IOException {
    try (children) {
      return sink.insert(
          children.map(child -> new Child(id(key.apply(child)), (Task) child)).iterator());
    }
  }

  /** The id of the child that has this key. */
  public TaskId id(String key) {
    return TaskId.ofText(parent + "\n" + key);
  }

  @Override
  public String toString() {
    return url;
  }
}
