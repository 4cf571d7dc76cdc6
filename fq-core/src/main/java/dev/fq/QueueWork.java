package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.TaskOutcome;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a worker on the tasks of one of its queues: how one is begun, attempted and ended.
 * What is in trouble here troubles no other queue.
 */
final class QueueWork {

  private static final Logger log = LoggerFactory.getLogger(QueueWork.class);

  /** What a worker has for all its queues. */
  record Shared(
      Slots slots,
      Turns turns,
      Stopping stopping,
      Renewer renewer,
      Alarms alarms,
      OrderedOutput output,
      CountDownLatch hurry) {}

  /** Is told what concerns the whole worker. */
  interface Alarm {

    /** An attempt has failed, and the worker is to stop for it. */
    void failed(TaskExecutionException failure);

    /** This user may not end a task of this queue that the worker has leased. */
    void denied(QueueWork queue, QueueDeniedException why);
  }

  private final WorkerSettings settings;
  private final Shared shared;
  private final LeaseTerms terms;
  private final Alarm alarm;
  private final Tally tally;
  private final OutcomeTeller outcomes;
  private final HostHealth health;
  private final ResultKeeper results;
  private final ChildQueues children;
  private final Ending ending;
  private final AttemptRunner attempts;
  private final Completions completions;
  private final Scanner scanner;
  private final AtomicReference<OutputLog.@Nullable Writer> keeper = new AtomicReference<>();

  /**
   * @param number which of the worker's queues this is, from 0
   * @param whole counts what becomes of the tasks of all
   */
  QueueWork(WorkerSettings settings, int number, Shared shared, Tally whole, Alarm alarm) {
    this.settings = settings;
    this.shared = shared;
    this.alarm = alarm;
    this.terms = settings.terms();
    this.tally = whole.part(settings.queue().url());
    this.outcomes = new OutcomeTeller(tally, settings.hooks().listeners(), settings.clock());
    this.health = new HostHealth(settings.hostTroubleLimit(), settings.backOff(), settings.clock());
    this.results = new ResultKeeper(settings.clock());
    this.children = new ChildQueues(settings.queue(), settings.address(), settings.clock());
    this.ending = new Ending(settings, tally, health, results);
    this.attempts =
        new AttemptRunner(settings, children, tally, outcomes, ending, shared.alarms, shared.hurry);
    this.completions = new Completions(done -> ending.complete(done, this::ended));
    this.scanner =
        new Scanner(
            settings,
            number,
            new Scanner.Common(shared.slots, shared.turns, shared.stopping),
            completions,
            tally,
            health,
            this::start);
  }

  WorkerSettings settings() {
    return settings;
  }

  Scanner scanner() {
    return scanner;
  }

  Completions completions() {
    return completions;
  }

  Ending ending() {
    return ending;
  }

  HostHealth health() {
    return health;
  }

  Tally tally() {
    return tally;
  }

  /**
   * Starts what works beside the slots.
   *
   * @throws WorkerFailedException if there can be no thread for it
   */
  void open() {
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
    completions.open();
  }

  /** Nothing runs any more. */
  void close() {
    completions.close();
    outcomes.stopped();
    OutputLog.Writer writer = keeper.get();
    if (writer != null) {
      writer.close();
    }
    children.close();
  }

  private OutputLog.Sink keep(Lease lease) {
    OutputLog.Writer writer = keeper.get();
    return writer == null
        ? OutputLog.Sink.NONE
        : writer.begin(lease.id(), lease.attempt(), settings.clock().instant());
  }

  private void start(Lease lease, Grant grant) {
    HeldTask task = hold(lease, grant);
    boolean started = false;
    try {
      shared.slots.start(() -> workOn(task), () -> shared.turns.giveBack(grant));
      started = true;
    } finally {
      if (!started) {
        shared.renewer.remove(task);
        endOutput(task);
        outcomes.ended(task, TaskOutcome.RELEASED);
      }
    }
  }

  private HeldTask hold(Lease lease, Grant grant) {
    HeldTask task =
        new HeldTask(
            lease,
            shared.renewer.nextRenewal(terms),
            grant,
            settings.keepOrder() ? shared.output.next() : null,
            keep(lease));
    if (results.areKept()) {
      task.notes().keepResult();
    }
    outcomes.begun(task);
    shared.renewer.add(task, terms);
    return task;
  }

  /** Works on the task, and then on others as long as this process has them claimed already. */
  private void workOn(HeldTask first) {
    HeldTask task = first;
    while (task != null) {
      HeldTask running = task;
      AttemptRunner.logged(running, () -> attempt(running));
      task = scanner.nextClaimed().map(lease -> hold(lease, first.grant())).orElse(null);
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
    shared.renewer.remove(task);
    endOutput(task);
    TaskExecutionException failure = ending.failure();
    QueueDeniedException denial = ending.denial();
    if (failure != null) {
      alarm.failed(failure);
    } else if (denial != null) {
      alarm.denied(this, denial);
    } else if (health.whyUnfit() != null) {
      scanner.wake();
    }
  }

  private static void endOutput(HeldTask task) {
    OrderedOutput.Turn turn = task.turn();
    if (turn != null) {
      close(turn);
    }
  }

  static void close(Closeable output) {
    try {
      output.close();
    } catch (IOException e) {
      log.warn("the output of commands cannot be written: {}", e.toString());
    }
  }

  /** What gives back each task of this queue that ignores its interruption. */
  Stream<Runnable> releasesOfStuck() {
    return shared.renewer.held(terms).stream().map(task -> () -> releaseStuck(task));
  }

  private void releaseStuck(HeldTask task) {
    Lease lease = task.end().orElse(null);
    if (lease == null) {
      return;
    }
    outcomes.ended(task, TaskOutcome.RELEASED);
    try {
      settings.queue().release(lease);
      log.warn("{} ignores its interruption; released", lease);
    } catch (LeaseLostException | IOException e) {
      log.warn("cannot release {}: {}", lease, e.toString());
    }
  }
}
