package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.TaskOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Makes attempts at tasks, each within its time.
 *
 * <p>When memory runs out over a task, the task fails and not the worker, if the task is larger
 * than a mebibyte: the next worker would lease it and end too. Over a smaller one something else
 * has used the memory up, and the task is given back.
 */
final class AttemptRunner {

  private static final Logger log = LoggerFactory.getLogger(AttemptRunner.class);

  /** What a command needs to die after it was killed, and a task to notice. */
  private static final Duration AFTER_GRACE = Duration.ofSeconds(5);

  private static final String LOGGED_TASK = "task";
  private static final String LOGGED_ATTEMPT = "attempt";

  private final ChildQueues queues;
  private final WorkerSettings settings;
  private final Level stepLevel;
  private final Tally tally;
  private final OutcomeTeller outcomes;
  private final Ending ending;
  private final Alarms alarms;
  private final CountDownLatch hurry;

  /**
   * @param queues where tasks put other tasks
   * @param hurry is down as soon as the worker must end
   */
  AttemptRunner(
      WorkerSettings settings,
      ChildQueues queues,
      Tally tally,
      OutcomeTeller outcomes,
      Ending ending,
      Alarms alarms,
      CountDownLatch hurry) {
    this.queues = queues;
    this.settings = settings;
    this.stepLevel = settings.verbose() ? Level.INFO : Level.DEBUG;
    this.tally = tally;
    this.outcomes = outcomes;
    this.ending = ending;
    this.alarms = alarms;
    this.hurry = hurry;
  }

  /** Has what this thread logs meanwhile name the task. */
  static void logged(HeldTask task, Runnable work) {
    MDC.put(LOGGED_TASK, task.lease().id().value());
    MDC.put(LOGGED_ATTEMPT, Integer.toString(task.lease().attempt()));
    try {
      work.run();
    } finally {
      MDC.remove(LOGGED_TASK);
      MDC.remove(LOGGED_ATTEMPT);
    }
  }

  /** Works on the task; one whose attempts are used up has failed at once. */
  FinishedAttempt attempt(HeldTask task) {
    Lease lease = task.lease();
    TaskContext context = new TaskContext(task, queues, settings.values(), settings.grace().time());
    Instant start = settings.clock().instant();
    task.notes().slot(Slots.numberOfThisThread());
    if (lease.attempt() > settings.attempts(lease)) {
      TaskFailedException usedUp = new TaskFailedException(ending.usedUp(lease));
      task.notes().failure(usedUp);
      return new FinishedAttempt(task, context, start, Duration.ZERO, usedUp);
    }
    log.atLevel(stepLevel)
        .log(
            "task {} starts, attempt {} of {}",
            lease.id(),
            lease.attempt(),
            settings.attempts(lease));
    Throwable failure = runInTime(task, context);
    task.notes().failure(failure);
    Duration time = Duration.between(start, settings.clock().instant());
    tally.executedFor(time);
    return new FinishedAttempt(task, context, start, time, failure);
  }

  /** The queue knows that the task is done. */
  void completed(FinishedAttempt attempt) {
    log.atLevel(stepLevel)
        .setMessage("task {} completed in {} s")
        .addArgument(attempt.lease().id())
        .addArgument(() -> seconds(attempt.time()))
        .log();
    tellAfter(attempt.context());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
  }

  private void tellAfter(TaskContext context) {
    try {
      settings.hooks().after().accept(context);
    } catch (RuntimeException e) {
      // The task is done, whatever its hook makes of it.
      log.warn("task {} is completed; the hook after it threw", context.id(), e);
    }
  }

  private @Nullable Throwable runInTime(HeldTask task, TaskContext context) {
    Duration timeout = settings.timeout(task.lease());
    if (timeout.equals(StopConditions.FOREVER)) {
      return execute(task, context);
    }
    Future<?> interruption = alarms.after(timeout, task::timeOut);
    Future<?> end =
        alarms.after(timeout.plus(settings.grace().time()).plus(AFTER_GRACE), () -> endStuck(task));
    try {
      return execute(task, context);
    } finally {
      interruption.cancel(false);
      end.cancel(false);
    }
  }

  /** Others may try it: it has ignored its interruption, and keeps its slot until it ends. */
  private void endStuck(HeldTask task) {
    TaskOutcome outcome = ending.end(task, new InterruptedException(), settings.clock().instant());
    if (outcome != null) {
      outcomes.ended(task, outcome);
      log.warn("task {} ignores its interruption, and keeps its slot", task.lease().id());
    }
  }

  private @Nullable Throwable execute(HeldTask task, TaskContext context) {
    task.startRunning();
    try {
      settings.hooks().before().accept(context);
      executeUntilItIsNotToBackOff(task, context);
      return null;
    } catch (Throwable failure) {
      // Whatever a task throws, errors included, is its own failure and not the worker's.
      return failure;
    } finally {
      context.endOutput();
      task.stopRunning();
    }
  }

  private void executeUntilItIsNotToBackOff(HeldTask task, TaskContext context) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        settings.handler().handle(context);
        return;
      } catch (Throwable failure) {
        if (!settings.isNotNow(failure) || !pause(task, settings.backOff().after(tries), failure)) {
          throw failure;
        }
      }
    }
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
}
