package dev.fq;

import dev.fq.spi.Capability;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.PartialEndException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a queue how attempts ended, and knows whether the worker is to stop for it.
 *
 * <p>A type that is not registered is the worker's lack and not the task's: it goes back like host
 * trouble, though the successes of others say nothing about it, since tasks of many programs may
 * share a queue. Rejected: choosing by type before a lease, since types stand in the body and not
 * in the name.
 */
final class Ending {

  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  private final QueueBackend queue;
  private final WorkerSettings settings;
  private final Tally tally;
  private final HostHealth health;
  private final ResultKeeper results;
  private final AtomicReference<@Nullable TaskExecutionException> firstFailure =
      new AtomicReference<>();
  private final AtomicReference<@Nullable QueueDeniedException> denial = new AtomicReference<>();

  Ending(WorkerSettings settings, Tally tally, HostHealth health, ResultKeeper results) {
    this.queue = settings.queue();
    this.settings = settings;
    this.tally = tally;
    this.health = health;
    this.results = results;
  }

  /** The failure for which the worker is to stop; null when there is none. */
  @Nullable TaskExecutionException failure() {
    return firstFailure.get();
  }

  /** Why nothing of this queue can be ended; null as long as it can. */
  @Nullable QueueDeniedException denial() {
    return denial.get();
  }

  /** Whether these attempts, which are done, are to be {@link #complete completed} together. */
  boolean isTogether(FinishedAttempt attempt) {
    return attempt.isDone()
        && settings.tally()
        && !attempt.hasLongResult()
        && queue.completesTogether(attempt.lease());
  }

  /**
   * Writes what attempts that are done have returned, takes their leases out of renewal, and
   * completes their tasks.
   *
   * @param ended is told what became of each; of those that somebody else has ended before, nothing
   */
  void complete(List<FinishedAttempt> done, BiConsumer<FinishedAttempt, TaskOutcome> ended) {
    Map<String, FinishedAttempt> attempts = new LinkedHashMap<>();
    List<Lease> leases = new ArrayList<>();
    for (FinishedAttempt attempt : withResultsWritten(done, ended)) {
      attempt
          .task()
          .end()
          .ifPresent(
              lease -> {
                leases.add(lease);
                attempts.put(lease.receipt(), attempt);
              });
    }
    try {
      lost(queue.completeEach(leases), attempts, ended);
    } catch (PartialEndException e) {
      lost(e.lost(), attempts, ended);
      Throwable cause = e.getCause();
      notTold(e.unended(), cause == null ? e : cause, attempts, ended);
    } catch (IOException | RuntimeException | Error e) {
      notTold(leases, e, attempts, ended);
    }
    for (FinishedAttempt attempt : attempts.values()) {
      health.success();
      ended.accept(attempt, TaskOutcome.COMPLETED);
    }
  }

  /** Those whose results, where they have any, are written. The others are given back. */
  private List<FinishedAttempt> withResultsWritten(
      List<FinishedAttempt> done, BiConsumer<FinishedAttempt, TaskOutcome> ended) {
    try {
      results.write(done.stream().map(FinishedAttempt::task).toList());
      return done;
    } catch (HostTroubleException e) {
      List<FinishedAttempt> withoutResults = new ArrayList<>();
      for (FinishedAttempt attempt : done) {
        if (attempt.task().notes().result() == null) {
          withoutResults.add(attempt);
        } else {
          TaskOutcome outcome = endFailed(attempt.task(), e, attempt.begun());
          if (outcome != null) {
            ended.accept(attempt, outcome);
          }
        }
      }
      return withoutResults;
    }
  }

  private void lost(
      List<Lease> lost,
      Map<String, FinishedAttempt> attempts,
      BiConsumer<FinishedAttempt, TaskOutcome> ended) {
    for (Lease lease : lost) {
      FinishedAttempt attempt = attempts.remove(lease.receipt());
      if (attempt != null) {
        log.warn("{}; what it did may be done twice", new LeaseLostException(lease).getMessage());
        ended.accept(attempt, TaskOutcome.LOST);
      }
    }
  }

  private void notTold(
      List<Lease> leases,
      Throwable trouble,
      Map<String, FinishedAttempt> attempts,
      BiConsumer<FinishedAttempt, TaskOutcome> ended) {
    for (Lease lease : leases) {
      FinishedAttempt attempt = attempts.remove(lease.receipt());
      if (attempt != null) {
        ended.accept(attempt, notTold(lease, null, trouble));
      }
    }
  }

  /**
   * Writes what the attempt returned, takes the lease out of renewal, and tells the queue what
   * became of the attempt.
   *
   * @param failure null when the task is done
   * @param begun when the attempt began
   * @return what became of it; null when somebody else has ended it before
   */
  @Nullable TaskOutcome end(HeldTask task, @Nullable Throwable failure, Instant begun) {
    if (failure != null) {
      return endFailed(task, failure, begun);
    }
    try {
      results.write(List.of(task));
    } catch (HostTroubleException e) {
      return endFailed(task, e, begun);
    }
    return end(task, begun, null);
  }

  private @Nullable TaskOutcome endFailed(HeldTask task, Throwable failure, Instant begun) {
    task.notes().failure(failure);
    return end(task, begun, failure);
  }

  private @Nullable TaskOutcome end(HeldTask task, Instant begun, @Nullable Throwable failure) {
    Lease lease = task.end().orElse(null);
    if (lease == null) {
      return null;
    }
    try {
      return end(task, lease, failure, begun);
    } catch (LeaseLostException e) {
      log.warn("{}; what it did may be done twice", e.getMessage());
      return TaskOutcome.LOST;
    } catch (IOException | RuntimeException | Error e) {
      return notTold(lease, failure, e);
    }
  }

  /**
   * A failed task is not to wait for the end of its lease; one that is done need not be hurried.
   */
  private TaskOutcome notTold(Lease lease, @Nullable Throwable failure, Throwable trouble) {
    boolean givenBack = failure != null && isGivenBack(lease);
    log.warn(
        "cannot tell the queue how {} ended; {}: {}",
        lease,
        givenBack ? "given back" : "it will be leased again when its lease ends",
        trouble instanceof QueueDeniedException ? trouble.getMessage() : trouble.toString());
    if (trouble instanceof QueueDeniedException denied) {
      denial.compareAndSet(null, denied);
    }
    return givenBack ? TaskOutcome.RELEASED : TaskOutcome.LOST;
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

  private TaskOutcome end(HeldTask task, Lease lease, @Nullable Throwable failure, Instant begun)
      throws IOException, LeaseLostException {
    if (failure == null) {
      return complete(lease);
    }
    if (task.isLost()) {
      return TaskOutcome.LOST;
    }
    if (task.isAbandoned()) {
      queue.release(lease);
      log.info(
          "task {} released, attempt {} of {}",
          lease.id(),
          lease.attempt(),
          settings.attempts(lease));
      return TaskOutcome.RELEASED;
    }
    if (task.isTimedOut()) {
      TaskFailedException tooLong = Reason.tookTooLong(settings.timeout(lease), failure);
      task.notes().failure(tooLong);
      return failOrGiveUp(lease, tooLong);
    }
    return settings.isHostTrouble(failure)
        ? endTrouble(lease, failure, begun)
        : failOrGiveUp(lease, failure);
  }

  /**
   * Why a task is not attempted any more whose attempts are used up, and how the last one ended.
   */
  String usedUp(Lease lease) {
    int begun = lease.attempt() - 1;
    List<Failure> failed = List.of();
    try {
      failed = failures(lease).stream().filter(Failure::counted).toList();
    } catch (IOException e) {
      log.debug("the failures of task {} cannot be read: {}", lease.id(), e.toString());
    }
    String limit =
        "not attempted again: attempts begun: %s, allowed: %s"
            .formatted(begun, settings.attempts(lease));
    if (failed.isEmpty()) {
      return limit
          + "; none of them said how it ended: their workers were killed, or lost the queue";
    }
    Failure last = failed.get(failed.size() - 1);
    return "%s; attempt %s failed: %s".formatted(limit, last.attempt(), last.reason());
  }

  private TaskOutcome failOrGiveUp(Lease lease, Throwable failure)
      throws IOException, LeaseLostException {
    tally.failed(lease, Reason.firstLine(failure));
    TaskOutcome outcome =
        lease.attempt() < settings.attempts(lease) ? fail(lease, failure) : giveUp(lease, failure);
    if (settings.stopOnFailure()) {
      firstFailure.compareAndSet(null, new TaskExecutionException(lease.id().value(), failure));
    }
    return outcome;
  }

  /** The host is to blame, unless something speaks for its health, and the task goes to others. */
  private TaskOutcome endTrouble(Lease lease, Throwable failure, Instant begun)
      throws IOException, LeaseLostException {
    boolean isLack = failure instanceof HostTroubleException trouble && trouble.isLack();
    Optional<String> own =
        isLack
            ? HostHealth.whyItHadEnough(failures(lease))
            : health.whyItIsTheTasks(lease.id(), failures(lease));
    if (own.isPresent() || isOverByTheServicesCount(lease)) {
      String proof =
          own.map(why -> " (taken for the task's own failure, since " + why + ")").orElse("");
      return failOrGiveUp(lease, new TaskFailedException(Reason.whole(failure) + proof));
    }
    health.trouble(lease.id(), begun, Reason.firstLine(failure));
    tally.failed(lease, Reason.firstLine(failure));
    queue.release(lease, Reason.whole(failure));
    log.warn(
        "task {} could not be attempted on this host, and is given back: {}",
        lease.id(),
        Reason.firstLine(failure));
    return TaskOutcome.RELEASED;
  }

  /** Where every lease counts, a task that is given back for ever would never come to an end. */
  private boolean isOverByTheServicesCount(Lease lease) {
    return !queue.capabilities().contains(Capability.UNCOUNTED_RELEASE)
        && lease.attempt() >= settings.attempts(lease);
  }

  private List<Failure> failures(Lease lease) throws IOException {
    return queue.capabilities().contains(Capability.LIST)
        ? queue.peek(lease.id()).map(TaskDetail::failures).orElse(List.of())
        : List.of();
  }

  private TaskOutcome complete(Lease lease) throws IOException, LeaseLostException {
    if (settings.tally()) {
      queue.complete(lease);
    } else {
      queue.delete(lease);
    }
    health.success();
    return TaskOutcome.COMPLETED;
  }

  private TaskOutcome fail(Lease lease, Throwable failure) throws IOException, LeaseLostException {
    Duration delay = settings.retryDelay(lease);
    queue.fail(lease, Reason.whole(failure), delay);
    log.warn(
        "task {} failed, attempt {} of {}, again in {} s: {}",
        lease.id(),
        lease.attempt(),
        settings.attempts(lease),
        delay.plusNanos(999_999_999).toSeconds(),
        Reason.firstLine(failure));
    return TaskOutcome.FAILED;
  }

  private TaskOutcome giveUp(Lease lease, Throwable failure)
      throws IOException, LeaseLostException {
    queue.giveUp(lease, Reason.whole(failure));
    int allowed = settings.attempts(lease);
    log.error(
        "task {} is dead{}: {}",
        lease.id(),
        lease.attempt() > allowed ? "" : ", attempt %s of %s".formatted(lease.attempt(), allowed),
        Reason.firstLine(failure));
    return TaskOutcome.DEAD;
  }
}
