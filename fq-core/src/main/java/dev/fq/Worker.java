package dev.fq;

import dev.fq.StopConditions.Stop;
import dev.fq.spi.Capability;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.TaskOutcome;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the tasks of a queue: N slots in which tasks run, one scanner that leases as many as
 * there are free slots, and one renewer that keeps their leases up.
 *
 * <p>A task that returns is completed. One that throws is failed: it is tried again after a growing
 * random delay, or is dead when its attempts are used up; the worker lives on. One whose lease is
 * lost is interrupted. Trouble with the queue is logged and tried again, but for permissions that
 * are missing.
 */
public final class Worker {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** How long to try to give back what does not end, and to complete what is done. */
  private static final Duration LAST_STEPS = Duration.ofSeconds(5);

  private final QueueBackend queue;
  private final WorkerSettings settings;
  private final Slots slots;
  private final Renewer renewer;
  private final ResultKeeper results;
  private final Ending ending;
  private final AttemptRunner attempts;
  private final Tally tally;
  private final OutcomeTeller outcomes;
  private final HostHealth health;
  private final Completions completions;
  private final Alarms alarms = new Alarms();
  private final OrderedOutput output = new OrderedOutput(System.out);
  private final AtomicReference<OutputLog.@Nullable Writer> keeper = new AtomicReference<>();
  private final Scanner scanner;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean stopRequested = new AtomicBoolean();
  private final AtomicReference<@Nullable WorkerFailedException> failure = new AtomicReference<>();
  private final CountDownLatch hurry = new CountDownLatch(1);

  Worker(WorkerSettings settings) {
    this.queue = settings.queue();
    this.settings = settings;
    this.slots = new Slots(settings.slots());
    this.renewer = Renewer.of(settings);
    this.tally = new Tally(settings.clock());
    this.outcomes = new OutcomeTeller(tally, settings.hooks().listeners(), settings.clock());
    this.health = new HostHealth(settings.hostTroubleLimit(), settings.backOff(), settings.clock());
    this.results = new ResultKeeper(settings.clock());
    this.ending = new Ending(settings, tally, health, results);
    this.attempts = new AttemptRunner(settings, tally, outcomes, ending, alarms, hurry);
    this.completions = new Completions(done -> ending.complete(done, this::ended));
    this.scanner = new Scanner(settings, slots, completions, tally, health, this::start);
  }

  /**
   * Works until there is a reason to stop, then lets running tasks end; returns what was done.
   * After {@link #stop} or at the hard time limit, tasks that run on beyond the grace time are
   * interrupted and released; otherwise they end in their own time.
   *
   * @throws TaskExecutionException if the worker {@link WorkerBuilder#stopOnFailure stops on a
   *     failure} and an attempt has failed
   * @throws NoQueueException if the queue has gone
   * @throws QueueDeniedException if this user may not lease tasks there, or end one that it leased
   * @throws UnfitHostException if this host could not attempt task after task, see {@link
   *     WorkerBuilder#hostTroubleLimit}
   * @throws WorkerFailedException if the process has no memory or threads left to go on with
   * @throws InterruptedException if this thread is interrupted; running tasks are released
   * @throws IllegalStateException if this worker ran before
   */
  public WorkerReport run() throws NoQueueException, QueueDeniedException, InterruptedException {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a worker runs once; make another");
    }
    log.info("working on {}: {}", queue.url(), settings.summary());
    if (!queue.capabilities().contains(Capability.FENCING)) {
      log.info(
          "{} does not tell of every lost lease: a task that outlives its lease may be done twice"
              + " without a word",
          queue.url());
    }
    try {
      slots.open();
      record();
      startRenewer();
      completions.open();
      Stop stop = scanner.scan();
      drain(stop);
      WorkerReport report = tally.report(stop.reason());
      log.info("stopped, {}: {}", stop.text(), summary(report));
      WorkerFailedException failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      ending.throwFailure();
      String unfit = health.whyUnfit();
      if (unfit != null) {
        throw new UnfitHostException(unfit);
      }
      return report;
    } finally {
      abandonRunning();
      renewer.stop();
      slots.close();
      completions.close();
      outcomes.stopped();
      stopKeeping();
      alarms.close();
      close(output);
    }
  }

  private void record() {
    try {
      settings
          .hooks()
          .recordTo()
          .get()
          .map(OutcomeLog::writer)
          .ifPresent(
              writer -> {
                outcomes.tellAlso(new Recording(writer));
                results.keepIn(writer);
              });
      settings.hooks().keeper().get().ifPresent(keeper::set);
    } catch (OutOfMemoryError e) {
      throw new WorkerFailedException("no thread can be started to write records in", e);
    }
  }

  private OutputLog.Sink keep(Lease lease) {
    OutputLog.Writer writer = keeper.get();
    return writer == null
        ? OutputLog.Sink.NONE
        : writer.begin(lease.id(), lease.attempt(), settings.clock().instant());
  }

  private void stopKeeping() {
    OutputLog.Writer writer = keeper.get();
    if (writer != null) {
      writer.close();
    }
  }

  private void startRenewer() {
    Thread renewing = new Thread(() -> renewer.run(this::fail), "fq-renewer");
    renewing.setDaemon(true);
    try {
      renewing.start();
    } catch (OutOfMemoryError e) {
      throw new WorkerFailedException("no thread can be started to renew leases in", e);
    }
  }

  /** The leases of this worker would run out one after another: better none is leased any more. */
  private void fail(Throwable cause) {
    failure.compareAndSet(null, new WorkerFailedException("leases cannot be renewed", cause));
    stop();
  }

  private static String summary(WorkerReport report) {
    return "%s completed, %s failed, %s dead, %s lost, %s released"
        .formatted(
            report.completed(), report.failed(), report.dead(), report.lost(), report.released());
  }

  /**
   * Stops leasing; {@link #run} returns when the running tasks have ended, at the latest soon after
   * the grace time. Returns at once; may be called by any thread, any number of times.
   */
  public void stop() {
    stopRequested.set(true);
    hurry.countDown();
    scanner.stop();
  }

  Renewer renewer() {
    return renewer;
  }

  private void start(Lease lease) {
    HeldTask task = hold(lease);
    boolean started = false;
    try {
      slots.start(() -> workOn(task));
      started = true;
    } finally {
      if (!started) {
        renewer.remove(task);
        endOutput(task);
        outcomes.ended(task, TaskOutcome.RELEASED);
      }
    }
  }

  private HeldTask hold(Lease lease) {
    HeldTask task =
        new HeldTask(
            lease, renewer.nextRenewal(), settings.keepOrder() ? output.next() : null, keep(lease));
    if (results.areKept()) {
      task.notes().keepResult();
    }
    outcomes.begun(task);
    renewer.add(task);
    return task;
  }

  /** Works on the task, and then on others as long as this process has them claimed already. */
  private void workOn(HeldTask first) {
    HeldTask task = first;
    while (task != null) {
      HeldTask running = task;
      AttemptRunner.logged(running, () -> attempt(running));
      task = scanner.nextClaimed().map(this::hold).orElse(null);
    }
  }

  private void attempt(HeldTask task) {
    @Nullable TaskOutcome outcome = TaskOutcome.LOST;
    boolean isOver = true;
    try {
      FinishedAttempt attempt = attempts.attempt(task);
      if (ending.isTogether(attempt)) {
        isOver = false;
        endOutput(task);
        completions.add(attempt);
      } else {
        outcome = ending.end(task, attempt.failure(), attempt.begun());
        if (outcome == TaskOutcome.COMPLETED) {
          attempts.completed(attempt);
        }
      }
    } catch (Throwable e) {
      // Nothing that a task throws comes here; this is the worker's own trouble with it.
      log.warn("{} was not ended, and will be leased again: {}", task.lease(), e.toString());
    } finally {
      if (isOver) {
        ended(task, outcome);
      }
    }
  }

  /** The task's completion was left to others, and is known now. */
  private void ended(FinishedAttempt attempt, TaskOutcome outcome) {
    AttemptRunner.logged(
        attempt.task(),
        () -> {
          if (outcome == TaskOutcome.COMPLETED) {
            attempts.completed(attempt);
          }
          ended(attempt.task(), outcome);
        });
  }

  private void ended(HeldTask task, @Nullable TaskOutcome outcome) {
    if (outcome != null) {
      outcomes.ended(task, outcome);
    }
    renewer.remove(task);
    endOutput(task);
    if (ending.mustStop()) {
      stop();
    } else if (health.whyUnfit() != null) {
      slots.wake();
    }
  }

  private static void endOutput(HeldTask task) {
    OrderedOutput.Turn turn = task.turn();
    if (turn != null) {
      close(turn);
    }
  }

  private static void close(Closeable output) {
    try {
      output.close();
    } catch (IOException e) {
      log.warn("the output of commands cannot be written: {}", e.toString());
    }
  }

  private void drain(Stop stop) throws InterruptedException {
    if (!stop.reason().isHurried()) {
      slots.awaitIdle(
          settings.stops().hardTimeLimit().minus(tally.report(null).elapsed()), stopRequested::get);
    }
    hurry.countDown();
    if (!slots.isIdle()) {
      log.info(
          "{}: running tasks have {} s to end", stop.text(), settings.grace().time().toSeconds());
      slots.awaitIdle(settings.grace().time(), () -> false);
    }
    completions.flush(stop.reason().isHurried() ? LAST_STEPS : settings.grantedLeaseTime());
    if (!slots.isIdle()) {
      abandonRunning();
    }
  }

  /** Interrupts what still runs, and gives back what does not end for all that, nor is done. */
  private void abandonRunning() throws InterruptedException {
    renewer.held().forEach(HeldTask::abandon);
    slots.awaitIdle(settings.grace().interruption(), () -> false);
    completions.flush(LAST_STEPS);
    List<HeldTask> stuck = renewer.held();
    if (!stuck.isEmpty()) {
      releaseStuck(stuck);
    }
  }

  /** All at once, and not for ever: a service that does not answer must not keep us from ending. */
  private void releaseStuck(List<HeldTask> stuck) throws InterruptedException {
    ExecutorService threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "fq-release");
              thread.setDaemon(true);
              return thread;
            });
    try {
      threads.invokeAll(
          stuck.stream().map(task -> Executors.callable(() -> releaseStuck(task))).toList(),
          LAST_STEPS.toNanos(),
          TimeUnit.NANOSECONDS);
    } finally {
      threads.shutdownNow();
    }
  }

  private void releaseStuck(HeldTask task) {
    Lease lease = task.end().orElse(null);
    if (lease == null) {
      return;
    }
    outcomes.ended(task, TaskOutcome.RELEASED);
    try {
      queue.release(lease);
      log.warn("{} ignores its interruption; released", lease);
    } catch (LeaseLostException | IOException e) {
      log.warn("cannot release {}: {}", lease, e.toString());
    }
  }
}
