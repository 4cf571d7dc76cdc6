package dev.fq.file.format;

import dev.fq.spi.Lease;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A file in {@code queue/} that this process has claimed: it gives the leases of the tasks in it,
 * and takes them back. A verb that returns false has changed nothing, since the lease is lost.
 */
public interface Claim {

  /** What the receipts of its leases begin with; no other claim has it. */
  String key();

  /** Whether it has given a lease of this task. */
  boolean has(TaskId id);

  /** Until when it lasts, in Unix seconds, as far as this process knows. */
  long due();

  /** Whether tasks of the file have got files of their own when it was claimed, which wait now. */
  default boolean hasSingledOut() {
    return false;
  }

  /** Whether it has no more tasks to lease. */
  boolean isUsedUp();

  /** Whether all leases that it has given are over, and there will be no other. */
  boolean isOver();

  /** Parts with some of the tasks that nobody has been given, if others look for work. */
  default void share() throws IOException {}

  /** Gives the file back that is held, if none of its tasks is leased. */
  void giveBack(long due) throws IOException;

  /**
   * Leases tasks that nobody has been given yet. What cannot be read as a task is put among the
   * dead.
   *
   * @param max how many at most, from 1
   * @param duration how long the leases last at least
   * @return none when all have been given, or the file is gone
   * @throws java.nio.file.AccessDeniedException if this user may not read the file, which waits
   *     again then as before
   */
  List<Lease> lease(int max, Duration duration) throws IOException;

  /** Makes the lease last until then, in Unix seconds, or a little longer. */
  boolean renew(Lease lease, long until) throws IOException;

  /** Gives the task back. */
  boolean release(Lease lease) throws IOException;

  /** Gives the task back and keeps the reason, which does not count. */
  boolean release(Lease lease, String reason) throws IOException;

  /**
   * The attempt has failed.
   *
   * @param retryAt when the task is waiting again, in Unix seconds; 0 is "now"
   */
  boolean fail(Lease lease, String reason, long retryAt) throws IOException;

  /** The attempt has failed, and the task is dead. */
  boolean giveUp(Lease lease, String reason) throws IOException;

  /**
   * Deletes the task, also when the attempt was renewed or given back and nobody has leased it
   * since.
   */
  boolean delete(Lease lease) throws IOException;

  /**
   * Deletes these, which are its own, as {@link #delete}.
   *
   * @return those that were lost
   */
  default List<Lease> deleteEach(List<Lease> leases) throws IOException {
    List<Lease> lost = new ArrayList<>();
    for (Lease lease : leases) {
      if (!delete(lease)) {
        lost.add(lease);
      }
    }
    return lost;
  }

  /** Whether deleting several of its tasks at once costs little more than deleting one. */
  default boolean endsTogether() {
    return false;
  }
}
