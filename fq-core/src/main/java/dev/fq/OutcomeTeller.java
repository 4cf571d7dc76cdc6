package dev.fq;

import dev.fq.spi.Lease;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what becomes of tasks, and tells the worker's listener. */
final class OutcomeTeller {

  private static final Logger log = LoggerFactory.getLogger(OutcomeTeller.class);

  private record Begun(WorkerListener.Attempt attempt, Instant at) {}

  private final Tally tally;
  private final @Nullable WorkerListener listener;
  private final Clock clock;
  private final Map<HeldTask, Begun> begun = new ConcurrentHashMap<>();

  OutcomeTeller(Tally tally, @Nullable WorkerListener listener, Clock clock) {
    this.tally = tally;
    this.listener = listener;
    this.clock = clock;
  }

  void begun(HeldTask task) {
    tally.begin();
    WorkerListener told = listener;
    if (told == null) {
      return;
    }
    Lease lease = task.lease();
    WorkerListener.Attempt attempt =
        new WorkerListener.Attempt(
            lease.id(), TaskRegistry.typeName(lease.payload()), lease.attempt());
    begun.put(task, new Begun(attempt, clock.instant()));
    tell(() -> told.begun(attempt));
  }

  void ended(HeldTask task, TaskOutcome outcome) {
    tally.end(outcome);
    WorkerListener told = listener;
    Begun since = begun.remove(task);
    if (told != null && since != null) {
      Duration time = Duration.between(since.at, clock.instant());
      tell(() -> told.ended(since.attempt, outcome, time));
    }
  }

  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      log.warn("the worker's listener threw", e);
    }
  }
}
