package dev.fq;

import dev.fq.StopConditions.Stop;
import dev.fq.spi.Capability;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the tasks of one queue or of several: N slots in which tasks run, a scanner for each
 * queue that leases as many as there is room for when it is the queue's turn, and one renewer that
 * keeps their leases up.
 *
 * <p>A task that returns is completed. One that throws is failed: it is tried again after a growing
 * random delay, or is dead when its attempts are used up; the worker lives on. One whose lease is
 * lost is interrupted. Trouble with a queue is logged and tried again, but for permissions that are
 * missing and queues that are gone: a worker with several queues leaves such a one then, and goes
 * on with the others.
 */
public final class Worker {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** How long to try to give back what does not end, and to complete what is done. */
  private static final Duration LAST_STEPS = Duration.ofSeconds(5);

  /** What holds for all queues, out of the settings of the first. */
  private final WorkerSettings settings;

  private final Node node;
  private final List<QueueWork> queues = new ArrayList<>();
  private final Scanners scanners = new Scanners(queues);
  private final Slots slots;
  private final Turns turns;
  private final Renewer renewer;
  private final Tally tally;
  private final Alarms alarms = new Alarms();
  private final OrderedOutput output = new OrderedOutput(System.out);
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean stopRequested = new AtomicBoolean();
  private final AtomicReference<@Nullable TaskExecutionException> failedTask =
      new AtomicReference<>();
  private final AtomicReference<@Nullable WorkerFailedException> failure = new AtomicReference<>();
  private final CountDownLatch hurry = new CountDownLatch(1);

  /**
   * @param perQueue how it works on each queue
   * @param isFair whether queues take turns
   */
  Worker(List<WorkerSettings> perQueue, Node node, boolean isFair) {
    this.settings = perQueue.get(0);
    this.node = node;
    this.slots = new Slots(node.slots());
    this.turns = new Turns(node, isFair, settings.clock());
    this.renewer = Renewer.of(perQueue, settings.clock());
    this.tally = new Tally(settings.clock());
    Stopping stopping = new Stopping(settings.stops(), tally, settings.clock(), perQueue.size());
    QueueWork.Shared shared =
        new QueueWork.Shared(slots, turns, stopping, renewer, alarms, output, hurry);
    for (int number = 0; number < perQueue.size(); number++) {
      queues.add(new QueueWork(perQueue.get(number), number, shared, tally, alarm()));
    }
  }

  private QueueWork.Alarm alarm() {
    return new QueueWork.Alarm() {
      @Override
      public void failed(TaskExecutionException why) {
        failedTask.compareAndSet(null, why);
        stop();
      }

      @Override
      public void denied(QueueWork queue, QueueDeniedException why) {
        scanners.leave(queue, why);
        if (scanners.isOver()) {
          stop();
        }
      }
    };
  }

  /**
   * How a worker works on these queues: on the first as long as something is waiting there, else on
   * the next.
   *
   * @throws IllegalArgumentException if a queue is given twice
   */
  public static WorkerBuilder of(TaskQueue first, TaskQueue... then) {
    return of(
        WorkerQueue.of(first), Stream.of(then).map(WorkerQueue::of).toArray(WorkerQueue[]::new));
  }

  /**
   * How a worker works on these queues, each of whose tasks takes what is said of its queue; for
   * the rest as {@link #of(TaskQueue, TaskQueue...)}.
   */
  public static WorkerBuilder of(WorkerQueue first, WorkerQueue... then) {
    return new WorkerBuilder(Stream.concat(Stream.of(first), Stream.of(then)).toList());
  }

  /**
   * Works until there is a reason to stop, then lets running tasks end; returns what was done.
   * After {@link #stop} or at the hard time limit, tasks that run on beyond the grace time are
   * interrupted and released; otherwise they end in their own time.
   *
   * <p>With several queues, the last three reasons to throw are reasons to leave one of them;
   * {@link WorkerReport.OfQueue#trouble} has it then. They are thrown, that of the first, when all
   * queues were left.
   *
   * @throws TaskExecutionException if the worker {@link WorkerBuilder#stopOnFailure stops on a
   *     failure} and an attempt has failed
   * @throws WorkerFailedException if the process has no memory or threads left to go on with
   * @throws InterruptedException if this thread is interrupted; running tasks are released
   * @throws IllegalStateException if this worker ran before
   * @throws NoQueueException if the queue has gone
   * @throws QueueDeniedException if this user may not lease tasks there, or end one that it leased
   * @throws UnfitHostException if this host could not attempt task after task, see {@link
   *     WorkerBuilder#hostTroubleLimit}
   */
  public WorkerReport run() throws NoQueueException, QueueDeniedException, InterruptedException {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a worker runs once; make another");
    }
    queues.forEach(this::tellOf);
    try {
      openSlots();
      queues.forEach(QueueWork::open);
      startRenewer();
      Stop stop = scanners.scan();
      drain(stop);
      queues.forEach(scanners::leaveIfUnfit);
      WorkerReport report = tally.report(stop.reason());
      tellOf(stop, report);
      throwFailure();
      return report;
    } finally {
      abandonRunning();
      renewer.stop();
      slots.close();
      queues.forEach(QueueWork::close);
      alarms.close();
      QueueWork.close(output);
    }
  }

  private void tellOf(QueueWork work) {
    QueueBackend queue = work.settings().queue();
    log.info("working on {}: {}, {}", queue.url(), node, work.settings().summary());
    if (!queue.capabilities().contains(Capability.FENCING)) {
      log.info(
          "{} does not tell of every lost lease: a task that outlives its lease may be done twice"
              + " without a word",
          queue.url());
    }
  }

  private static void tellOf(Stop stop, WorkerReport report) {
    log.info("stopped, {}: {}", stop.text(), summary(report));
    if (report.queues().size() > 1) {
      report.queues().forEach(each -> log.info("{}: {}", each.queue(), each));
    }
  }

  private void openSlots() {
    int count = slots.open();
    turns.open(node.slots() - count);
    for (QueueWork queue : queues) {
      int needed = queue.settings().needs().slots();
      if (needed > count) {
        throw new WorkerFailedException(
            "%s: a task of it takes %s slots, and no more than %s threads can be started"
                .formatted(queue.settings().queue().url(), needed, count));
      }
    }
  }

  private void throwFailure() throws NoQueueException, QueueDeniedException {
    WorkerFailedException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    TaskExecutionException task = failedTask.get();
    if (task != null) {
      throw task;
    }
    scanners.throwIfOver();
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
    queues.forEach(queue -> queue.scanner().stop());
  }

  Renewer renewer() {
    return renewer;
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
    for (QueueWork queue : queues) {
      queue
          .completions()
          .flush(stop.reason().isHurried() ? LAST_STEPS : queue.settings().grantedLeaseTime());
    }
    if (!slots.isIdle()) {
      abandonRunning();
    }
  }

  /** Interrupts what still runs, and gives back what does not end for all that, nor is done. */
  private void abandonRunning() throws InterruptedException {
    renewer.held().forEach(HeldTask::abandon);
    slots.awaitIdle(settings.grace().interruption(), () -> false);
    for (QueueWork queue : queues) {
      queue.completions().flush(LAST_STEPS);
    }
    List<Runnable> releases = queues.stream().flatMap(QueueWork::releasesOfStuck).toList();
    if (!releases.isEmpty()) {
      releaseStuck(releases);
    }
  }

  /** All at once, and not for ever: a service that does not answer must not keep us from ending. */
  private static void releaseStuck(List<Runnable> releases) throws InterruptedException {
    ExecutorService threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "fq-release");
              thread.setDaemon(true);
              return thread;
            });
    try {
      threads.invokeAll(
          releases.stream().map(Executors::callable).toList(),
          LAST_STEPS.toNanos(),
          TimeUnit.NANOSECONDS);
    } finally {
      threads.shutdownNow();
    }
  }
}
