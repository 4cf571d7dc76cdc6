package dev.fq.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One task as a listing shows it.
 *
 * @param id the task
 * @param state where it stands, by the backend's clock at the time of listing
 * @param due when a delayed task becomes waiting or a lease ends; the epoch for a dead task and one
 *     that never had to wait
 * @param attempt how often it has been leased; 0 for a dead task, whose {@link Failure}s tell
 * @param holder who leased it last, as {@code <host>-<pid>-<nonce>}; null when nobody did, or it
 *     was given back since
 */
public record TaskInfo(
    TaskId id, TaskState state, Instant due, int attempt, @Nullable String holder) {

  private static final int MAX_HOST_LENGTH = 64;

  /** A host's name as holders have it: every character that no file name should have is a _. */
  public static String hostLabel(String name) {
    String safe = name.strip().replaceAll("[^A-Za-z0-9_-]", "_");
    String label = safe.substring(0, Math.min(safe.length(), MAX_HOST_LENGTH));
    return label.isEmpty() ? "unknown" : label;
  }

  /** Whether the {@link #holder} is a process of this host. */
  public boolean isHeldOn(String host) {
    if (holder == null) {
      return false;
    }
    int nonce = holder.lastIndexOf('-');
    int pid = holder.lastIndexOf('-', nonce - 1);
    return pid > 0 && holder.substring(0, pid).equals(hostLabel(host));
  }
}
