package dev.fq;

import dev.fq.Tally.Outcome;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** Makes one attempt at a task, and tells the queue how it ended. */
final class Attempt {

  private static final Logger log = LoggerFactory.getLogger(Attempt.class);

  private static final String LOGGED_TASK = "task";
  private static final String LOGGED_ATTEMPT = "attempt";

  private final QueueBackend queue;
  private final WorkerBuilder options;
  private final int maxAttempts;
  private final Level stepLevel;
  private final Map<String, Object> values;
  private final Backoff retryDelay;
  private final Backoff backOff;
  private final Tally tally;
  private final CountDownLatch hurry;
  private final AtomicReference<@Nullable TaskExecutionException> firstFailure =
      new AtomicReference<>();
  private final AtomicReference<@Nullable QueueDeniedException> denial = new AtomicReference<>();

  /**
   * @param hurry is down as soon as the worker must end
   */
  Attempt(WorkerBuilder options, Tally tally, CountDownLatch hurry) {
    this.queue = options.queue;
    this.options = options;
    this.maxAttempts = options.attempts;
    this.stepLevel = options.verbose ? Level.INFO : Level.DEBUG;
    this.values = Map.copyOf(options.values);
    this.retryDelay = options.retryDelay();
    this.backOff = options.backOff();
    this.tally = tally;
    this.hurry = hurry;
  }

  /** Works on the task to whatever end. What is logged meanwhile in this thread names it. */
  Outcome make(HeldTask task) {
    MDC.put(LOGGED_TASK, task.lease().id().value());
    MDC.put(LOGGED_ATTEMPT, Integer.toString(task.lease().attempt()));
    try {
      return workOn(task);
    } finally {
      MDC.remove(LOGGED_TASK);
      MDC.remove(LOGGED_ATTEMPT);
    }
  }

  private Outcome workOn(HeldTask task) {
    Lease lease = task.lease();
    if (lease.attempt() > maxAttempts) {
      return end(task, new TaskFailedException(usedUp(lease)));
    }
    step("task {} starts, attempt {} of {}", lease.id(), lease.attempt(), maxAttempts);
    TaskContext context = new TaskContext(task, queue.url(), values);
    Instant start = options.clock.instant();
    Throwable failure = run(task, context);
    Duration time = Duration.between(start, options.clock.instant());
    tally.executedFor(time);
    Outcome outcome = end(task, failure);
    if (outcome == Outcome.COMPLETED) {
      step("task {} completed in {} s", lease.id(), seconds(time));
      tellAfter(context);
    }
    return outcome;
  }

  private void step(String message, Object... arguments) {
    log.atLevel(stepLevel).log(message, arguments);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
  }

  private void tellAfter(TaskContext context) {
    try {
      options.after.accept(context);
    } catch (RuntimeException e) {
      // The task is done, whatever its hook makes of it.
      log.warn("task {} is completed; the hook after it threw", context.id(), e);
    }
  }

  /** Whether the worker is to stop: an attempt has failed, or may not be ended by this user. */
  boolean mustStop() {
    return firstFailure.get() != null || denial.get() != null;
  }

  /** Throws the failure for which the worker stopped, if there was one. */
  void throwFailure() throws QueueDeniedException {
    QueueDeniedException denied = denial.get();
    if (denied != null) {
      throw denied;
    }
    TaskExecutionException failure = firstFailure.get();
    if (failure != null) {
      throw failure;
    }
  }

  private static String usedUp(Lease lease) {
    return ("not attempted again: %d attempts began and this one is over the limit; those that are"
            + " not listed ended without a word (the worker was killed, or the task was released)")
        .formatted(lease.attempt() - 1);
  }

  private @Nullable Throwable run(HeldTask task, TaskContext context) {
    task.startRunning();
    try {
      options.before.accept(context);
      executeUntilItIsNotToBackOff(task, context);
      return null;
    } catch (Throwable failure) {
      // Whatever a task throws, errors included, is its own failure and not the worker's.
      return failure;
    } finally {
      task.stopRunning();
    }
  }

  private void executeUntilItIsNotToBackOff(HeldTask task, TaskContext context) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        options.handler.handle(context);
        return;
      } catch (Throwable failure) {
        if (!meansBackOff(failure) || !pause(task, backOff.after(tries), failure)) {
          throw failure;
        }
      }
    }
  }

  private boolean meansBackOff(Throwable failure) {
    return options.backOffExceptions.stream().anyMatch(type -> type.isInstance(failure));
  }

  /** Whether to go on afterwards; else the worker must end, and the task is to be given back. */
  private boolean pause(HeldTask task, Duration time, Throwable failure)
      throws InterruptedException {
    log.info(
        "task {} backs off for {} s: {}", task.lease().id(), seconds(time), firstLine(failure));
    boolean mustEnd = hurry.await(time.toNanos(), TimeUnit.NANOSECONDS);
    if (mustEnd) {
      task.abandon();
    }
    return !mustEnd;
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
    } catch (IOException | RuntimeException | Error e) {
      return notTold(lease, failure, e);
    }
  }

  /**
   * A failed task is not to wait for the end of its lease; one that is done need not be hurried.
   */
  private Outcome notTold(Lease lease, @Nullable Throwable failure, Throwable trouble) {
    boolean givenBack = failure != null && isGivenBack(lease);
    log.warn(
        "cannot tell the queue how {} ended; {}: {}",
        lease,
        givenBack ? "given back" : "it will be leased again when its lease ends",
        trouble instanceof QueueDeniedException ? trouble.getMessage() : trouble.toString());
    if (trouble instanceof QueueDeniedException denied) {
      denial.compareAndSet(null, denied);
    }
    return givenBack ? Outcome.RELEASED : Outcome.LOST;
  }

  private boolean isGivenBack(Lease lease) {
    try {
      queue.release(lease);
      return true;
    } catch (IOException | LeaseLostException | RuntimeException e) {
      log.debug("{} cannot be given back either: {}", lease, e.toString());
      return false;
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
    Outcome outcome = lease.attempt() < maxAttempts ? fail(lease, failure) : giveUp(lease, failure);
    if (options.stopOnFailure) {
      firstFailure.compareAndSet(null, new TaskExecutionException(lease.id().value(), failure));
    }
    return outcome;
  }

  private Outcome complete(Lease lease) throws IOException, LeaseLostException {
    if (options.tally) {
      queue.complete(lease);
    } else {
      queue.delete(lease);
    }
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
        options.clock.instant().plus(delay).truncatedTo(ChronoUnit.SECONDS),
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
