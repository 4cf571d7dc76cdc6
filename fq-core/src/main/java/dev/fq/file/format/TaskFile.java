package dev.fq.file.format;

import dev.fq.spi.StateCounts;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One file in {@code queue/}, as its name was when somebody listed it, and the tasks in it. */
public interface TaskFile {

  /** The name as it is on disk. */
  String fileName();

  /** When it can be claimed: Unix seconds; 0 is "now". */
  long due();

  /** Its id: that of its task, if it has one. */
  TaskId id();

  /** Whether it can be claimed now. */
  default boolean isDue(long now) {
    return due() <= now;
  }

  /** Whether the name is that of a file which somebody holds, or has held until it was due. */
  boolean isHeld();

  /** Whether an attempt has ended that may have left a reason. */
  boolean mayHaveFailed();

  /**
   * Claims it, if it is due.
   *
   * @param until Unix seconds; the claim lasts as long, or a little longer
   * @return null when another was faster
   */
  @Nullable Claim claim(long until, String holder) throws IOException;

  /** The name that it gets in another queue of the same format, which no other file has there. */
  String arrivedName(String holder);

  /** Adds its tasks to these counts. */
  void count(long now, StateCounts counts) throws IOException;

  /** The tasks in it. */
  List<? extends ListedTask> tasks() throws IOException;

  /**
   * Deletes those of its tasks that have these ids, also from under their holders.
   *
   * @param deleted gets the ids of those that were deleted here
   * @return false when it has another name now, so that it is to be listed again
   */
  boolean deleteTasks(Set<TaskId> ids, Set<TaskId> deleted) throws IOException;

  /**
   * Takes those of its tasks away from their holders that are picked, and makes them waiting.
   *
   * @param now Unix seconds
   * @return how many
   */
  long release(long now, Predicate<? super TaskInfo> which) throws IOException;

  /** Whether it says all of its tasks, so that it can be moved to another queue by a rename. */
  boolean isWhole();

  /**
   * Gives those of its tasks that have these ids files of their own, if it has several.
   *
   * @return whether some have got one
   */
  boolean singleOut(Set<TaskId> ids) throws IOException;

  /**
   * Deletes it with all its tasks, and what is kept of their attempts.
   *
   * @return how many tasks; none when the name is gone
   */
  long deleteAll() throws IOException;
}
