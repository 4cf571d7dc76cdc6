package dev.fq.file.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How the state of a task is written down that has a file of its own: what its name says, and what
 * stands beside. Every transition of a task in or from {@code queue/} is one call here, and one
 * rename or deletion of its file; when that file is gone, another was faster and nothing has
 * happened.
 */
public interface Names {

  /**
   * Leases what is waiting.
   *
   * @param until Unix seconds; the lease lasts as long, or a little longer
   * @return the lease; null when another was faster
   */
  @Nullable TaskName lease(TaskName waiting, long until, String holder) throws IOException;

  /** Makes a lease, which nobody has been given, the waiting task that it was, if that can be. */
  void unlease(TaskName leased, TaskName waiting) throws IOException;

  /** What the holder's lease is to become when it is renewed until then, or a little longer. */
  TaskName renewed(TaskName held, long until) throws IOException;

  /** What a leased task is to become that is given back: waiting, as long as nobody leases it. */
  TaskName released(TaskName name) throws IOException;

  /** What a task is to become whose attempt has ended, until then; 0 is "now". */
  TaskName unleased(TaskName name, long until) throws IOException;

  /**
   * Makes a task what {@link #renewed}, {@link #released} or {@link #unleased} said.
   *
   * @return false when the first name is gone
   */
  boolean move(TaskName from, TaskName to) throws IOException;

  /**
   * Puts a task among the dead.
   *
   * @return false when the name is gone
   */
  boolean giveUp(TaskName name) throws IOException;

  /**
   * Deletes a task, and what is kept of its attempts.
   *
   * @return false when the name is gone
   */
  boolean delete(TaskName name) throws IOException;

  /** The name that a lease with this {@link TaskName#full full} name has on disk. */
  TaskName onDisk(TaskName full);

  /** Whether a listed name is still the attempt that this one was, and not a later one. */
  boolean isSameAttempt(TaskName held, TaskName listed) throws IOException;

  /** Makes out what listed names mean, with what stands beside them now. */
  Reader reader() throws IOException;

  /** Says of a name all that is known. */
  @FunctionalInterface
  interface Reader {
    TaskName read(TaskName listed) throws IOException;
  }

  /** Whether what cannot be read as a task may only not have been written to its end. */
  boolean mayBeUnfinished(TaskName name) throws IOException;
}
