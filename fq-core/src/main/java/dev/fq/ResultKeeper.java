package dev.fq;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.fq.spi.HostName;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what attempts return written down before their tasks are completed: a worker that is killed
 * between leaves a result too many, and never a completed task without its result.
 */
final class ResultKeeper {

  private static final Logger log = LoggerFactory.getLogger(ResultKeeper.class);

  /** While these are tried, the leases of their tasks are renewed. */
  private static final RetryPolicy<Object> TRIES =
      RetryPolicy.builder()
          .handle(IOException.class)
          .withMaxRetries(3)
          .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(2), 4)
          .build();

  private final Clock clock;
  private final String host = HostName.here();
  private final AtomicReference<OutcomeLog.@Nullable Writer> keeper = new AtomicReference<>();
  private final AtomicBoolean hasWarned = new AtomicBoolean();

  ResultKeeper(Clock clock) {
    this.clock = clock;
  }

  /** They are written here from now on. */
  void keepIn(OutcomeLog.Writer writer) {
    keeper.set(writer);
  }

  boolean areKept() {
    return keeper.get() != null;
  }

  /**
   * Writes what these tasks have returned, if they have.
   *
   * @throws HostTroubleException if that cannot be
   */
  void write(List<HeldTask> done) throws HostTroubleException {
    List<TaskResult> results = new ArrayList<>();
    for (HeldTask task : done) {
      String json = task.notes().result();
      if (json != null) {
        results.add(
            new TaskResult(
                task.lease().id(),
                task.notes().task().type(),
                task.lease().attempt(),
                clock.instant(),
                host,
                json));
      }
    }
    OutcomeLog.Writer writer = keeper.get();
    if (results.isEmpty()) {
      return;
    }
    if (writer == null) {
      warnOnce(results.get(0));
      return;
    }
    try {
      Failsafe.with(TRIES).run(() -> writer.returned(results));
    } catch (FailsafeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new HostTroubleException("its result cannot be written: " + cause, cause);
    }
  }

  private void warnOnce(TaskResult result) {
    if (hasWarned.compareAndSet(false, true)) {
      log.warn(
          "task {} returned a result, which is dropped, as will be all others: this worker records no"
              + " outcomes; say fq record on, or give fq work --record",
          result.task());
    }
  }
}
