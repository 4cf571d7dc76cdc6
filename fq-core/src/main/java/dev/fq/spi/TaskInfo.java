package dev.fq.spi;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One task as a listing shows it.
 *
 * @param id the task
 * @param state where it stands, by the backend's clock at the time of listing
 * @param due when a delayed task becomes waiting or a lease ends; the epoch for a dead task and one
 *     that never had to wait
 * @param attempt how many attempts have been used up, the one that is under way among them; 0 for a
 *     dead task, whose {@link Failure}s tell
 * @param holder who leased it last, as {@code <host>-<pid>-<nonce>}; null when nobody did, or it
 *     was given back since
 */
public record TaskInfo(
    TaskId id, TaskState state, Instant due, int attempt, @Nullable String holder) {

  private static final int MAX_HOST_LENGTH = 64;

  /**
   * A host's name as holders have it: every character that no host's name should have (RFC 1123,
   * section 2.1, and the underscore) is a _.
   */
  public static String hostLabel(String name) {
    String safe = name.strip().replaceAll("[^A-Za-z0-9._-]", "_");
    String label = safe.substring(0, Math.min(safe.length(), MAX_HOST_LENGTH));
    return label.isEmpty() ? "unknown" : label;
  }

  /** Whether the {@link #holder} is a process of this host. */
  public boolean isHeldOn(String host) {
    return holder != null
        && hostOf(holder).filter(label -> label.equals(hostLabel(host))).isPresent();
  }

  /** The host in a holder, as {@link #hostLabel} has it; empty when it is no holder of ours. */
  public static Optional<String> hostOf(String holder) {
    int nonce = holder.lastIndexOf('-');
    int pid = holder.lastIndexOf('-', nonce - 1);
    return pid > 0 ? Optional.of(holder.substring(0, pid)) : Optional.empty();
  }
}
