package dev.fq;

import dev.fq.spi.Arguments;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
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
  private final Builder options;
  private final Slots slots;
  private final Renewer renewer;
  private final Attempt attempt;
  private final Tally tally;
  private final Scanner scanner;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean stopRequested = new AtomicBoolean();

  private Worker(Builder options) {
    this.queue = options.queue;
    this.options = options;
    this.slots = new Slots(options.slots);
    this.renewer = new Renewer(queue, options.leaseTime, options.clock);
    this.attempt =
        new Attempt(
            queue,
            options.handler,
            options.attempts,
            options.tally,
            new Backoff(options.minRetryDelay, options.maxRetryDelay, options.random),
            options.clock);
    this.tally = new Tally(options.clock);
    this.scanner = new Scanner(options, slots, tally, this::start);
  }

  /** A worker for this queue that has this handler do the work. */
  public static Builder of(QueueBackend queue, TaskHandler handler) {
    return new Builder(queue, handler);
  }

  /**
   * Works until there is a reason to stop, then lets running tasks end; returns what was done.
   * After {@link #stop} or at the time limit, tasks that run on beyond the grace time are
   * interrupted and released; otherwise they end in their own time.
   *
   * @throws NoQueueException if the queue has gone
   * @throws InterruptedException if this thread is interrupted; running tasks are released
   * @throws IllegalStateException if this worker ran before
   */
  public WorkerReport run() throws NoQueueException, InterruptedException {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a worker runs once; make another");
    }
    log.info("working on {}: {}", queue.url(), options);
    Thread renewing = new Thread(renewer::run, "fq-renewer");
    renewing.setDaemon(true);
    renewing.start();
    try {
      StopReason reason = scanner.scan();
      drain(reason);
      WorkerReport report = tally.report(reason);
      log.info("stopped, {}: {}", reason, summary(report));
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
          } finally {
            renewer.remove(task);
          }
        });
  }

  private void drain(StopReason reason) throws InterruptedException {
    if (!reason.isHurried()) {
      slots.awaitIdle(StopConditions.FOREVER, stopRequested::get);
    }
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

  /** How a worker works. Every setting has a default; a bad one is refused where it is set. */
  public static final class Builder {

    private static final Duration MAX_DELAY_WHEN_EXITING_ON_EMPTY = Duration.ofSeconds(5);

    private final QueueBackend queue;
    private final TaskHandler handler;
    private int slots = 1;
    private Duration leaseTime = Duration.ofMinutes(5);
    private int attempts = 5;
    private boolean exitOnEmpty;
    private long maxTasks = Long.MAX_VALUE;
    private Duration timeLimit = StopConditions.FOREVER;
    private Duration idleTimeout = StopConditions.FOREVER;
    private Predicate<? super WorkerReport> stopCondition = report -> false;
    private Duration grace = Duration.ofSeconds(30);
    private Duration interruptionTime = Duration.ofSeconds(5);
    private boolean tally = true;
    private Duration minRetryDelay = Duration.ofSeconds(2);
    private Duration maxRetryDelay = Duration.ofMinutes(10);
    private Duration minIdleDelay = Duration.ofMillis(500);
    private Duration maxIdleDelay = Duration.ofMinutes(2);
    private Clock clock = Clock.systemUTC();
    private final Random random = new Random();

    private Builder(QueueBackend queue, TaskHandler handler) {
      this.queue = queue;
      this.handler = handler;
    }

    /** How many tasks run at once; 1 unless set. */
    public Builder slots(int count) {
      this.slots = (int) atLeastOne("slots", count);
      return this;
    }

    /** How long tasks are leased, and renewed, at a time; 5 minutes unless set. */
    public Builder leaseTime(Duration time) {
      Arguments.positive("lease time", time);
      this.leaseTime = time;
      return this;
    }

    /** How often a task is attempted before it is dead; 5 unless set. */
    public Builder attempts(int count) {
      this.attempts = (int) atLeastOne("attempts", count);
      return this;
    }

    /**
     * Whether to stop when nothing is waiting, delayed or leased, by anybody: the worker stays for
     * retries and for what others may yet give back. Off unless set.
     */
    public Builder exitOnEmpty(boolean on) {
      this.exitOnEmpty = on;
      return this;
    }

    /** Stop when so many tasks were begun. */
    public Builder maxTasks(long count) {
      this.maxTasks = atLeastOne("max tasks", count);
      return this;
    }

    /** Stop leasing after this time; running tasks have the grace time then. */
    public Builder timeLimit(Duration time) {
      Arguments.positive("time limit", time);
      this.timeLimit = time;
      return this;
    }

    /** Stop when there was nothing to do for this time. */
    public Builder idleTimeout(Duration time) {
      Arguments.positive("idle timeout", time);
      this.idleTimeout = time;
      return this;
    }

    /** Stop when this holds of what was done so far; asked before every lease. */
    public Builder stopWhen(Predicate<? super WorkerReport> condition) {
      this.stopCondition = condition;
      return this;
    }

    /** How long running tasks may go on after {@link #stop}; 30 seconds unless set. */
    public Builder grace(Duration time) {
      Arguments.notNegative("grace", time);
      this.grace = time;
      return this;
    }

    /** Whether completed tasks are counted as completed in the queue; on unless set. */
    public Builder tally(boolean on) {
      this.tally = on;
      return this;
    }

    /**
     * How long after a failure a task is tried again: about {@code min} after the first, doubling
     * with every other up to {@code max}. 2 seconds and 10 minutes unless set.
     */
    public Builder retryDelay(Duration min, Duration max) {
      requireOrder("retry delay", min, max);
      this.minRetryDelay = min;
      this.maxRetryDelay = max;
      return this;
    }

    /**
     * How long to wait between looks at a queue that has nothing to do: about {@code min} after the
     * first, doubling up to {@code max}, unless there is news. Half a second and 2 minutes unless
     * set.
     */
    public Builder idleDelay(Duration min, Duration max) {
      requireOrder("idle delay", min, max);
      this.minIdleDelay = min;
      this.maxIdleDelay = max;
      return this;
    }

    /** How long an interrupted task may take to end before its lease is released all the same. */
    Builder interruptionTime(Duration time) {
      this.interruptionTime = time;
      return this;
    }

    Builder clock(Clock time) {
      this.clock = time;
      return this;
    }

    /** A worker with these settings. */
    public Worker build() {
      return new Worker(this);
    }

    private static long atLeastOne(String name, long count) {
      if (count < 1) {
        throw new IllegalArgumentException(name + ": expected 1 or more, found " + count);
      }
      return count;
    }

    private static void requireOrder(String name, Duration min, Duration max) {
      Arguments.positive(name, min);
      if (max.compareTo(min) < 0) {
        throw new IllegalArgumentException(
            "%s: expected a maximum of at least %s, found %s".formatted(name, min, max));
      }
    }

    QueueBackend queue() {
      return queue;
    }

    Duration leaseTime() {
      return leaseTime;
    }

    boolean exitOnEmpty() {
      return exitOnEmpty;
    }

    Clock clock() {
      return clock;
    }

    StopConditions stopConditions() {
      return new StopConditions(maxTasks, timeLimit, idleTimeout, stopCondition);
    }

    /** Others may end the last lease without news: who waits for that looks more often. */
    Backoff idleDelay() {
      boolean often = exitOnEmpty && maxIdleDelay.compareTo(MAX_DELAY_WHEN_EXITING_ON_EMPTY) > 0;
      return new Backoff(
          minIdleDelay, often ? MAX_DELAY_WHEN_EXITING_ON_EMPTY : maxIdleDelay, random);
    }

    @Override
    public String toString() {
      return "slots: %d, lease: %d s, attempts: %d"
          .formatted(slots, leaseTime.toSeconds(), attempts);
    }
  }
}
