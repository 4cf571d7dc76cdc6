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
}
