package dev.fq.file.format;

import dev.fq.file.counter.Counters;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a queue is written down in its directory: what names in {@code queue/} mean, what stands
 * beside them, and what counts. Which one it is, the directory says when it is opened ({@link
 * Layout}).
 */
public interface Format {

  /** A bundle is in its holder's memory: it has so many bytes at most, unless it has one task. */
  int MAX_BUNDLE_BYTES = 16 * 1024 * 1024;

  /** Where tasks were inserted, as their files say. */
  String queueName();

  /** Whether everybody who has lost a lease is told, {@link dev.fq.spi.Capability#FENCING}. */
  boolean tellsOfEveryLostLease();

  /** Whether a file says all of its tasks, so that it is moved to another queue by a rename. */
  boolean filesSayAll();

  /** Whether a name in {@code queue/} that is not a task's harms nobody. */
  boolean toleratesForeignNames();

  /**
   * Refuses ids that no name here can have.
   *
   * @throws IllegalArgumentException saying which and why
   */
  void requirePossible(TaskId id);

  /** The file that has this name in {@code queue/}; null when it is not one of tasks. */
  @Nullable TaskFile parse(String fileName);

  /** Parses names as {@link #parse}, with all that is known now beside what the names say. */
  Parser parser() throws IOException;

  /** Reads names in {@code queue/}. */
  @FunctionalInterface
  interface Parser {
    @Nullable TaskFile parse(String fileName) throws IOException;
  }

  /**
   * The claim that has given a lease with this receipt; null when the receipt is none of this
   * format's. For leases of another process, or of long ago.
   */
  @Nullable Claim claimOf(String receipt);

  /**
   * Brings in a file that only this process knows, as a task that nobody has leased.
   *
   * @param due Unix seconds; 0 is "now"
   * @param origin whether there may be another task under the name that this one gets
   * @return false when there is
   * @throws java.nio.file.NoSuchFileException if the file is gone
   */
  boolean publish(Path file, TaskId id, long due, IdOrigin origin) throws IOException;

  /**
   * Brings in a file that only this process knows, as a bundle that nobody has claimed.
   *
   * @param id of the bundle, which nobody else has
   * @param due Unix seconds; 0 is "now"
   * @param tasks how many are in it, a line each
   * @return its name in {@code queue/}
   * @throws UnsupportedOperationException if this format has no bundles
   * @throws java.nio.file.NoSuchFileException if the file is gone
   */
  default String publishBundle(Path file, TaskId id, long due, int tasks) throws IOException {
    throw new UnsupportedOperationException("this queue has no bundles");
  }

  /**
   * Puts tasks with a file each into bundles, as {@link dev.fq.spi.QueueAdmin#bundle} says.
   *
   * @return how many
   * @throws UnsupportedOperationException if this format has no bundles
   */
  default long bundle(int size, Predicate<? super TaskInfo> which) throws IOException {
    throw new UnsupportedOperationException("this queue has no bundles");
  }

  /**
   * Takes tasks out of the bundles that nobody holds, as {@link dev.fq.spi.QueueAdmin#unbundle}
   * says.
   *
   * @return how many
   * @throws UnsupportedOperationException if this format has no bundles
   */
  default long unbundle() throws IOException {
    throw new UnsupportedOperationException("this queue has no bundles");
  }

  /** Takes back what {@link #publish} has written beside a task that it did not bring in. */
  void withdraw(TaskId id);

  /**
   * Makes a dead task one that nobody has leased, and forgets its attempts. There must be no task
   * of its id in {@code queue/}.
   *
   * @return false when it is not among the dead
   */
  boolean revive(DeadTasks.Entry dead) throws IOException;

  /**
   * The counters to which a process on this host adds.
   *
   * @param host as file names have it
   */
  Counters counters(String host);

  /** Does this for every file or directory that is kept beside a task, and tells of which one. */
  void forEachSidecar(SidecarAction action) throws IOException;

  /** What can be done with a file or directory that is kept beside a task. */
  @FunctionalInterface
  interface SidecarAction {
    void accept(TaskId id, Path file) throws IOException;
  }

  /** Tells holders of several tasks that this process looks for some. */
  default void askForMore() {}

  /** What users of such a queue should know. */
  Optional<Notice> notice();

  /**
   * What the doctor says of a queue for its format alone.
   *
   * @param check one or two words
   * @param found what is so
   * @param advice what to read or do
   */
  record Notice(String check, String found, String advice) {}

  /** What names in {@code queue/} are examined for; empty where fq alone reads them. */
  Optional<NameCheck> nameCheck();

  /**
   * An examination of names.
   *
   * @param check one or two words
   * @param sound what is so when nothing is wrong
   * @param faults what may be wrong
   */
  record NameCheck(String check, String sound, List<NameFault> faults) {}

  /**
   * A kind of names that should not be in {@code queue/}.
   *
   * @param isIn whether a name is one of them
   * @param found what is so, of {@code %s} names
   * @param advice what to do
   */
  record NameFault(Predicate<String> isIn, String found, String advice) {}
}
