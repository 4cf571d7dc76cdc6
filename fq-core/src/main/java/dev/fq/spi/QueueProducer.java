package dev.fq.spi;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What a program does that brings tasks in; {@link QueueBackend} says what is promised. */
public interface QueueProducer {

  /**
   * Inserts these tasks. When it returns, all of them are in the queue, but for those that it
   * refuses: a task whose id another task of the queue has, waiting, delayed, leased or dead, or
   * one before it in the list, is not inserted, and nothing happens to the other. Backends with
   * {@link Capability#LIST} refuse them, and look through the whole queue once for each call that
   * has ids of {@link NewTask.IdOrigin#GIVEN}; others cannot tell, and insert them all, or have a
   * service that drops them ({@link Capability#UNIQUE_IDS}).
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
   * Inserts tasks as {@link #insert}, many in one unit of storage, which is quicker for many small
   * ones; {@link Capability#BUNDLES}. Workers take a bundle as a whole, and its tasks one by one:
   * everything else is promised of each task as of all others. Tasks of ids that the inserter
   * brings ({@link NewTask.IdOrigin}) are not bundled.
   *
   * @param size how many tasks a bundle has at most, from 1; large tasks make smaller bundles
   * @return the ids of the tasks that were refused
   * @throws PartialInsertException as {@link #insert}
   * @throws UnsupportedOperationException if the queue has no bundles
   */
  default Set<TaskId> insertBundled(List<NewTask> tasks, int size) throws IOException {
    throw new UnsupportedOperationException("this queue has no bundles");
  }
}
