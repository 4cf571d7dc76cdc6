package dev.fq;

import dev.fq.Tally.Outcome;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt at a task, and tells the queue how it ended. */
final class Attempt {

  private static final Logger log = LoggerFactory.getLogger(Attempt.class);

  private final QueueBackend queue;
  private final TaskHandler handler;
  private final int maxAttempts;
  private final boolean counted;
  private final Backoff retryDelay;
  private final Clock clock;

  Attempt(
      QueueBackend queue,
      TaskHandler handler,
      int maxAttempts,
      boolean counted,
      Backoff retryDelay,
      Clock clock) {
    this.queue = queue;
    this.handler = handler;
    this.maxAttempts = maxAttempts;
    this.counted = counted;
    this.retryDelay = retryDelay;
    this.clock = clock;
  }

  /** Works on the task to whatever end. */
  Outcome make(HeldTask task) {
    Lease lease = task.lease();
    if (lease.attempt() > maxAttempts) {
      return end(task, new TaskFailedException(usedUp(lease)));
    }
    log.debug("task {} starts, attempt {} of {}", lease.id(), lease.attempt(), maxAttempts);
    return end(task, run(task));
  }

  private static String usedUp(Lease lease) {
    return ("not attempted again: %d attempts began and this one is over the limit; those that are"
            + " not listed ended without a word (the worker was killed, or the task was released)")
        .formatted(lease.attempt() - 1);
  }

  private @Nullable Throwable run(HeldTask task) {
    task.startRunning();
    try {
      handler.handle(new TaskContext(task, queue.url()));
      return null;
    } catch (Throwable failure) {
      // Whatever a task throws, errors included, is its own failure and not the worker's.
      return failure;
    } finally {
      task.stopRunning();
    }
  }

  private Outcome end(HeldTask task, @Nullable Throwable failure) {
    Lease lease = task.end().orElse(null);
    if (lease == null) {
      return Outcome.RELEASED;
    }
    try {
      return end(task, lease, failure);
    } catch (LeaseLostException e) {
      log.warn("{}; what it did may be done twice", e.getMessage());
      return Outcome.LOST;
    } catch (IOException e) {
      log.warn("cannot tell the queue how {} ended; it will be leased again", lease, e);
      return Outcome.LOST;
    }
  }

  private Outcome end(HeldTask task, Lease lease, @Nullable Throwable failure)
      throws IOException, LeaseLostException {
    if (failure == null) {
      return complete(lease);
    }
    if (task.isLost()) {
      return Outcome.LOST;
    }
    if (task.isAbandoned()) {
      queue.release(lease);
      log.info("task {} released, attempt {} of {}", lease.id(), lease.attempt(), maxAttempts);
      return Outcome.RELEASED;
    }
    return lease.attempt() < maxAttempts ? fail(lease, failure) : giveUp(lease, failure);
  }

  private Outcome complete(Lease lease) throws IOException, LeaseLostException {
    if (counted) {
      queue.complete(lease);
    } else {
      queue.delete(lease);
    }
    log.debug("task {} completed, attempt {} of {}", lease.id(), lease.attempt(), maxAttempts);
    return Outcome.COMPLETED;
  }

  private Outcome fail(Lease lease, Throwable failure) throws IOException, LeaseLostException {
    Duration delay = retryDelay.after(lease.attempt());
    queue.fail(lease, reason(failure), delay);
    log.warn(
        "task {} failed, attempt {} of {}, again at {}: {}",
        lease.id(),
        lease.attempt(),
        maxAttempts,
        clock.instant().plus(delay).truncatedTo(ChronoUnit.SECONDS),
        firstLine(failure));
    return Outcome.FAILED;
  }

  private Outcome giveUp(Lease lease, Throwable failure) throws IOException, LeaseLostException {
    queue.giveUp(lease, reason(failure));
    log.error(
        "task {} is dead, attempt {} of {}: {}",
        lease.id(),
        lease.attempt(),
        maxAttempts,
        firstLine(failure));
    return Outcome.DEAD;
  }

  private static String summary(Throwable failure) {
    return failure instanceof TaskFailedException
        ? String.valueOf(failure.getMessage())
        : failure.toString();
  }

  /** For the log, which is read line by line; the queue keeps the whole reason. */
  private static String firstLine(Throwable failure) {
    return summary(failure).lines().findFirst().orElse("");
  }

  private static String reason(Throwable failure) {
    if (failure instanceof TaskFailedException) {
      return summary(failure);
    }
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}
