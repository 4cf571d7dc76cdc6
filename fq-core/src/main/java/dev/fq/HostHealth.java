package dev.fq;

import dev.fq.spi.Failure;
import dev.fq.spi.TaskId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host is fit to work on tasks, by what became of them. Trouble is the host's until
 * something speaks against it: other tasks of this worker succeed, or other hosts have it with the
 * same task.
 *
 * <p>Slots that fail together are one trouble. Rejected: counting by tasks, since a host with one
 * slot and a short queue would never be unfit; holding a task back for a while, since other hosts
 * could take it at once.
 */
final class HostHealth {

  /** After trouble on so many hosts the next is the task's own. */
  private static final int HOSTS = 2;

  /** So often no task meets trouble that is not its own. */
  private static final int MOST_TROUBLES = 100;

  private static final int REMEMBERED_TASKS = 10_000;

  private final int limit;
  private final Backoff pause;
  private final Clock clock;

  // Guarded by this.
  private final Map<TaskId, Long> successesBefore =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TaskId, Long> eldest) {
          return size() > REMEMBERED_TASKS;
        }
      };
  private long successes;
  private int troubles;
  private Instant lastTrouble = Instant.MIN;
  private Instant fitAgainAt = Instant.MIN;
  private @Nullable String lastReason;

  /**
   * @param limit after how many troubles in a row the host is unfit
   * @param pause how long to begin nothing after each
   */
  HostHealth(int limit, Backoff pause, Clock clock) {
    this.limit = limit;
    this.pause = pause;
    this.clock = clock;
  }

  synchronized void success() {
    successes++;
    troubles = 0;
  }

  /**
   * Notes that an attempt could not be made. Attempts that began before the last trouble was seen
   * are one with it: eight slots do not make eight times the trouble of one. What comes once the
   * host is unfit, from slots that had begun before that, counts no more.
   */
  synchronized void trouble(TaskId task, Instant begun, String reason) {
    successesBefore.putIfAbsent(task, successes);
    if (begun.isBefore(lastTrouble) || troubles >= limit) {
      return;
    }
    troubles++;
    lastReason = reason;
    lastTrouble = clock.instant();
    fitAgainAt = lastTrouble.plus(pause.after(troubles));
  }

  /**
   * The reason to blame the task for the trouble that it meets now, given its failures so far;
   * empty when the host is to blame.
   */
  synchronized Optional<String> whyItIsTheTasks(TaskId task, List<Failure> failures) {
    List<String> hosts =
        failures.stream()
            .filter(failure -> !failure.counted())
            .map(Failure::host)
            .distinct()
            .sorted()
            .toList();
    if (hosts.size() >= HOSTS) {
      return Optional.of("it had such trouble on " + String.join(", ", hosts));
    }
    Optional<String> enough = whyItHadEnough(failures);
    Long then = successesBefore.get(task);
    return enough.isEmpty() && then != null && successes > then
        ? Optional.of("other tasks have succeeded on this host since it had such trouble")
        : enough;
  }

  /**
   * The reason to blame the task for trouble that tells nothing about it, so that none is given
   * back for ever; empty while it has met little.
   */
  static Optional<String> whyItHadEnough(List<Failure> failures) {
    long before = failures.stream().filter(failure -> !failure.counted()).count();
    return before >= MOST_TROUBLES
        ? Optional.of("it had such trouble " + before + " times")
        : Optional.empty();
  }

  /** How long to begin nothing. */
  synchronized Duration pause() {
    Instant now = clock.instant();
    return fitAgainAt.isAfter(now) ? Duration.between(now, fitAgainAt) : Duration.ZERO;
  }

  /** Why nothing should begin here any more; null while it may. */
  synchronized @Nullable String whyUnfit() {
    return troubles < limit
        ? null
        : ("%s times in a row this host could not attempt a task, and none succeeded: %s; mend that,"
                + " and start the worker again")
            .formatted(troubles, lastReason);
  }
}
