package dev.fq;

import dev.fq.Tally.Outcome;
import dev.fq.spi.Capability;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.TaskDetail;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
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

  /** What a command needs to die after it was killed, and a task to notice. */
  private static final Duration AFTER_GRACE = Duration.ofSeconds(5);

  private static final String LOGGED_TASK = "task";
  private static final String LOGGED_ATTEMPT = "attempt";

  private final QueueBackend queue;
  private final WorkerBuilder options;
  private final Level stepLevel;
  private final Map<String, Object> values;
  private final Backoff retryDelay;
  private final Backoff backOff;
  private final Tally tally;
  private final HostHealth health;
  private final Alarms alarms;
  private final CountDownLatch hurry;
  private final AtomicReference<@Nullable TaskExecutionException> firstFailure =
      new AtomicReference<>();
  private final AtomicReference<@Nullable QueueDeniedException> denial = new AtomicReference<>();

  /**
   * @param hurry is down as soon as the worker must end
   */
  Attempt(
      WorkerBuilder options, Tally tally, HostHealth health, Alarms alarms, CountDownLatch hurry) {
    this.queue = options.queue;
    this.options = options;
    this.stepLevel = options.verbose ? Level.INFO : Level.DEBUG;
    this.values = Map.copyOf(options.values);
    this.retryDelay = options.retryDelay();
    this.backOff = options.backOff();
    this.tally = tally;
    this.health = health;
    this.alarms = alarms;
    this.hurry = hurry;
  }

  /**
   * Works on the task to whatever end. What is logged meanwhile in this thread names it.
   *
   * @return what became of it; null when somebody else has ended it meanwhile
   */
  @Nullable Outcome make(HeldTask task) {
    MDC.put(LOGGED_TASK, task.lease().id().value());
    MDC.put(LOGGED_ATTEMPT, Integer.toString(task.lease().attempt()));
    try {
      return workOn(task);
    } finally {
      MDC.remove(LOGGED_TASK);
      MDC.remove(LOGGED_ATTEMPT);
    }
  }

  private @Nullable Outcome workOn(HeldTask task) {
    Lease lease = task.lease();
    if (lease.attempt() > attempts(lease)) {
      return end(task, new TaskFailedException(usedUp(lease)), options.clock.instant());
    }
    step("task {} starts, attempt {} of {}", lease.id(), lease.attempt(), attempts(lease));
    TaskContext context = new TaskContext(task, queue.url(), values, options.grace);
    Instant start = options.clock.instant();
    Throwable failure = runInTime(task, context);
    Duration time = Duration.between(start, options.clock.instant());
    tally.executedFor(time);
    Outcome outcome = end(task, failure, start);
    if (outcome == Outcome.COMPLETED) {
      health.success();
      step("task {} completed in {} s", lease.id(), seconds(time));
      tellAfter(context);
    }
    return outcome;
  }

  /** How often this task is attempted, by its own word or else the worker's. */
  private int attempts(Lease lease) {
    return lease.payload().limits().attempts().orElse(options.attempts);
  }

  private Duration timeout(Lease lease) {
    return lease.payload().limits().timeout().orElse(options.timeout);
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
    return ("not attempted again: %s attempts began and this one is over the limit; those that are"
            + " not listed ended without a word: their workers were killed, or lost the queue")
        .formatted(lease.attempt() - 1);
  }

  private @Nullable Throwable runInTime(HeldTask task, TaskContext context) {
    Duration timeout = timeout(task.lease());
    if (timeout.equals(StopConditions.FOREVER)) {
      return run(task, context);
    }
    Future<?> interruption = alarms.after(timeout, task::timeOut);
    Future<?> end =
        alarms.after(timeout.plus(options.grace).plus(AFTER_GRACE), () -> endStuck(task));
    try {
      return run(task, context);
    } finally {
      interruption.cancel(false);
      end.cancel(false);
    }
  }

  /** Others may try it: it has ignored its interruption, and keeps its slot until it ends. */
  private void endStuck(HeldTask task) {
    Outcome outcome = end(task, new InterruptedException(), options.clock.instant());
    if (outcome != null) {
      tally.end(outcome);
      log.warn("task {} ignores its interruption, and keeps its slot", task.lease().id());
    }
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
        "task {} backs off for {} s: {}",
        task.lease().id(),
        seconds(time),
        Reason.firstLine(failure));
    boolean mustEnd = hurry.await(time.toNanos(), TimeUnit.NANOSECONDS);
    if (mustEnd) {
      task.abandon();
    }
    return !mustEnd;
  }

  private @Nullable Outcome end(HeldTask task, @Nullable Throwable failure, Instant begun) {
    Lease lease = task.end().orElse(null);
    if (lease == null) {
      return null;
    }
    try {
      return end(task, lease, failure, begun);
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

  private Outcome end(HeldTask task, Lease lease, @Nullable Throwable failure, Instant begun)
      throws IOException, LeaseLostException {
    if (failure == null) {
      return complete(lease);
    }
    if (task.isLost()) {
      return Outcome.LOST;
    }
    if (task.isAbandoned()) {
      queue.release(lease);
      log.info("task {} released, attempt {} of {}", lease.id(), lease.attempt(), attempts(lease));
      return Outcome.RELEASED;
    }
    if (task.isTimedOut()) {
      return failOrGiveUp(lease, Reason.tookTooLong(timeout(lease), failure));
    }
    return isHostTrouble(failure)
        ? endTrouble(lease, failure, begun)
        : failOrGiveUp(lease, failure);
  }

  private Outcome failOrGiveUp(Lease lease, Throwable failure)
      throws IOException, LeaseLostException {
    Outcome outcome =
        lease.attempt() < attempts(lease) ? fail(lease, failure) : giveUp(lease, failure);
    if (options.stopOnFailure) {
      firstFailure.compareAndSet(null, new TaskExecutionException(lease.id().value(), failure));
    }
    return outcome;
  }

  private boolean isHostTrouble(Throwable failure) {
    return options.hostTroubles.stream().anyMatch(type -> type.isInstance(failure));
  }

  /** The host is to blame, unless something speaks for its health, and the task goes to others. */
  private Outcome endTrouble(Lease lease, Throwable failure, Instant begun)
      throws IOException, LeaseLostException {
    Optional<String> own = health.whyItIsTheTasks(lease.id(), failures(lease));
    if (own.isPresent() || isOverByTheServicesCount(lease)) {
      String proof =
          own.map(why -> " (taken for the task's own failure, since " + why + ")").orElse("");
      return failOrGiveUp(lease, new TaskFailedException(Reason.whole(failure) + proof));
    }
    health.trouble(lease.id(), begun, Reason.firstLine(failure));
    queue.release(lease, Reason.whole(failure));
    log.warn(
        "task {} could not be attempted on this host, and is given back: {}",
        lease.id(),
        Reason.firstLine(failure));
    return Outcome.RELEASED;
  }

  /** Where every lease counts, a task that is given back for ever would never come to an end. */
  private boolean isOverByTheServicesCount(Lease lease) {
    return !queue.capabilities().contains(Capability.UNCOUNTED_RELEASE)
        && lease.attempt() >= attempts(lease);
  }

  private List<Failure> failures(Lease lease) throws IOException {
    return queue.capabilities().contains(Capability.LIST)
        ? queue.peek(lease.id()).map(TaskDetail::failures).orElse(List.of())
        : List.of();
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
    Backoff own = lease.payload().limits().retryDelay().map(options::retryDelay).orElse(retryDelay);
    Duration delay = own.after(lease.attempt());
    queue.fail(lease, Reason.whole(failure), delay);
    log.warn(
        "task {} failed, attempt {} of {}, again at {}: {}",
        lease.id(),
        lease.attempt(),
        attempts(lease),
        options.clock.instant().plus(delay).truncatedTo(ChronoUnit.SECONDS),
        Reason.firstLine(failure));
    return Outcome.FAILED;
  }

  private Outcome giveUp(Lease lease, Throwable failure) throws IOException, LeaseLostException {
    queue.giveUp(lease, Reason.whole(failure));
    log.error(
        "task {} is dead, attempt {} of {}: {}",
        lease.id(),
        lease.attempt(),
        attempts(lease),
        Reason.firstLine(failure));
    return Outcome.DEAD;
  }
}
