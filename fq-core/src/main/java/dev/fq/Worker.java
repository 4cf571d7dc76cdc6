package dev.fq;

import dev.fq.spi.Capability;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the tasks of a queue: N slots in which tasks run, one scanner that leases as many as
 * there are free slots, and one renewer that keeps their leases up.
 *
 * <p>A task that returns is completed. One that throws is failed: it is tried again after a growing
 * random delay, or is dead when its attempts are used up; the worker lives on. One whose lease is
 * lost is interrupted. Trouble with the queue is logged and tried again.
 */
public final class Worker {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final QueueBackend queue;
  private final WorkerBuilder options;
  private final Slots slots;
  private final Renewer renewer;
  private final Attempt attempt;
  private final Tally tally;
  private final Scanner scanner;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean stopRequested = new AtomicBoolean();
  private final CountDownLatch hurry = new CountDownLatch(1);

  Worker(WorkerBuilder options) {
    this.queue = options.queue;
    this.options = options;
    this.slots = new Slots(options.slots);
    this.renewer = new Renewer(queue, options.grantedLeaseTime(), options.clock);
    this.tally = new Tally(options.clock);
    this.attempt = new Attempt(options, tally, hurry);
    this.scanner = new Scanner(options, slots, tally, this::start);
  }

  /** A worker for this queue that has this handler do the work. */
  public static WorkerBuilder of(QueueBackend queue, TaskHandler handler) {
    return new WorkerBuilder(queue, handler);
  }

  /**
   * Works until there is a reason to stop, then lets running tasks end; returns what was done.
   * After {@link #stop} or at the time limit, tasks that run on beyond the grace time are
   * interrupted and released; otherwise they end in their own time.
   *
   * @throws TaskExecutionException if the worker {@link WorkerBuilder#stopOnFailure stops on a
   *     failure} and an attempt has failed
   * @throws NoQueueException if the queue has gone
   * @throws InterruptedException if this thread is interrupted; running tasks are released
   * @throws IllegalStateException if this worker ran before
   */
  public WorkerReport run() throws NoQueueException, InterruptedException {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a worker runs once; make another");
    }
    log.info("working on {}: {}", queue.url(), options);
    if (!queue.capabilities().contains(Capability.FENCING)) {
      log.info(
          "{} does not tell of every lost lease: a task that outlives its lease may be done twice"
              + " without a word",
          queue.url());
    }
    Thread renewing = new Thread(renewer::run, "fq-renewer");
    renewing.setDaemon(true);
    renewing.start();
    try {
      StopReason reason = scanner.scan();
      drain(reason);
      WorkerReport report = tally.report(reason);
      log.info("stopped, {}: {}", reason, summary(report));
      attempt.throwFailure();
      return report;
    } finally {
      abandonRunning();
      renewer.stop();
      slots.close();
    }
  }

  private static String summary(WorkerReport report) {
    return "%d completed, %d failed, %d dead, %d lost, %d released"
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
    tally.begin();
    HeldTask task = new HeldTask(lease, renewer.nextRenewal());
    renewer.add(task);
    slots.start(
        () -> {
          try {
            tally.end(attempt.make(task));
            if (attempt.mustStop()) {
              stop();
            }
          } finally {
            renewer.remove(task);
          }
        });
  }

  private void drain(StopReason reason) throws InterruptedException {
    if (!reason.isHurried()) {
      slots.awaitIdle(StopConditions.FOREVER, stopRequested::get);
    }
    hurry.countDown();
    if (!slots.isIdle()) {
      log.info("{}: running tasks have {} s to end", reason, options.grace.toSeconds());
      slots.awaitIdle(options.grace, () -> false);
      abandonRunning();
    }
  }

  /** Interrupts what still runs, and gives back what does not end for all that. */
  private void abandonRunning() throws InterruptedException {
    renewer.held().forEach(HeldTask::abandon);
    slots.awaitIdle(options.interruptionTime, () -> false);
    for (HeldTask stuck : renewer.held()) {
      stuck.end().ifPresent(this::releaseStuck);
    }
  }

  private void releaseStuck(Lease lease) {
    tally.end(Tally.Outcome.RELEASED);
    try {
      queue.release(lease);
      log.warn("{} ignores its interruption; released", lease);
    } catch (LeaseLostException | IOException e) {
      log.warn("cannot release {}: {}", lease, e.toString());
    }
  }
}
