package dev.fq;

import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.QueueBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a worker works. Every setting has a default; a bad one is refused where it is set. What is
 * set after {@link #build} counts for the next worker that is built, and for none before.
 */
public final class WorkerBuilder {

  private static final Duration CONDITION_INTERVAL = Duration.ofSeconds(5);

  private final List<WorkerQueue> queues;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<Class<? extends Throwable>> backOffExceptions = new ArrayList<>();
  private final List<Class<? extends Throwable>> hostTroubles =
      new ArrayList<>(List.of(HostTroubleException.class));
  private int slots = 1;
  private long memory;
  private List<String> gpus = List.of();
  private boolean fair;
  private Duration leaseTime = Duration.ofMinutes(5);
  private int attempts = 5;
  private Duration timeout = StopConditions.FOREVER;
  private int hostTroubleLimit = 5;
  private boolean exitOnEmpty;
  private Duration grace = Duration.ofSeconds(30);
  private Duration interruptionTime = Duration.ofSeconds(5);
  private boolean tally = true;
  private boolean verbose;
  private boolean stopOnFailure;
  private boolean keepOrder;
  private Consumer<? super TaskContext> before = context -> {};
  private Consumer<? super TaskContext> after = context -> {};
  private final List<WorkerListener> listeners = new ArrayList<>();
  private Function<QueueBackend, Optional<OutcomeLog>> recordTo =
      queue -> queue.outcomes().filter(OutcomeLog::isAsked);
  private OutputLog.@Nullable Keep keep;
  private Function<QueueBackend, Optional<OutputLog>> outputs = QueueBackend::output;
  private OutputLog.Limits outputLimits = OutputLog.Limits.DEFAULT;
  private final Random random = new Random();
  private Clock clock = SteadyClock.from(Clock.systemUTC(), System::nanoTime);
  private long maxTasks = Long.MAX_VALUE;
  private Duration timeLimit = StopConditions.FOREVER;
  private Duration hardTimeLimit = StopConditions.FOREVER;
  private Duration idleTimeout = StopConditions.FOREVER;
  private final List<StopConditions.Condition> stopWhen = new ArrayList<>();
  private Duration conditionInterval = StopConditions.FOREVER;
  private Duration minRetryDelay = Duration.ofSeconds(2);
  private Duration maxRetryDelay = Duration.ofMinutes(10);
  private Duration minBackOff = Duration.ofMillis(500);
  private Duration maxBackOff = Duration.ofMinutes(2);

  WorkerBuilder(List<WorkerQueue> queues) {
    this.queues = List.copyOf(queues);
    requireEachOnce();
  }

  private void requireEachOnce() {
    Set<String> urls = new HashSet<>();
    for (WorkerQueue queue : queues) {
      if (!urls.add(queue.backend().url())) {
        throw new IllegalArgumentException(
            "queues of a worker: expected each once, found %s twice"
                .formatted(queue.backend().url()));
      }
    }
  }

  /** How a worker on this queue works that has this handler do the work. */
  public static WorkerBuilder of(QueueBackend queue, TaskHandler handler) {
    return new WorkerBuilder(List.of(WorkerQueue.of(queue, handler)));
  }

  /** How many tasks run at once that take one slot each; 1 unless set. */
  public WorkerBuilder slots(int count) {
    this.slots = (int) atLeastOne("slots", count);
    return this;
  }

  /**
   * How many bytes of memory there are for tasks to take, see {@link WorkerQueue#memory}; none
   * unless set.
   */
  public WorkerBuilder memory(long bytes) {
    this.memory = atLeastOne("memory", bytes);
    return this;
  }

  /**
   * The devices that there are for tasks to take, see {@link WorkerQueue#gpus}, by the names that
   * CUDA_VISIBLE_DEVICES takes; none unless set.
   *
   * @throws IllegalArgumentException if one is named twice
   */
  public WorkerBuilder gpus(List<String> devices) {
    this.gpus = new Node(1, 0, devices).gpus();
    return this;
  }

  /**
   * Whether queues take turns by their {@link WorkerQueue#weight weights}. Off unless set: then
   * each queue gets what those before it leave free.
   */
  public WorkerBuilder fair(boolean on) {
    this.fair = on;
    return this;
  }

  /**
   * How long tasks are leased, and renewed, at a time; 5 minutes unless set. A backend may give
   * less at a time, see {@link QueueBackend#longestLease}.
   */
  public WorkerBuilder leaseTime(Duration time) {
    Arguments.positive("lease time", time);
    this.leaseTime = time;
    return this;
  }

  /** How often a task is attempted that does not say so itself, before it is dead; 5 unless set. */
  public WorkerBuilder attempts(int count) {
    this.attempts = (int) atLeastOne("attempts", count);
    return this;
  }

  /**
   * How long an attempt may take at a task that does not say so itself; for ever unless set. Then
   * the task is interrupted, and the attempt has failed. A command is asked to end (SIGTERM), and
   * killed after the grace time; a task that ignores its interruption is failed in the queue after
   * the grace time, and keeps its slot until it ends.
   */
  public WorkerBuilder timeout(Duration time) {
    Arguments.positive("timeout", time);
    this.timeout = time;
    return this;
  }

  /**
   * An exception of a task that means that this host cannot attempt it, as {@link
   * HostTroubleException} does: {@code hostTroubleOn(NoClassDefFoundError.class)}. May be called
   * for several.
   */
  public WorkerBuilder hostTroubleOn(Class<? extends Throwable> exception) {
    hostTroubles.add(exception);
    return this;
  }

  /**
   * After how many attempts in a row that this host could not make, without one task that succeeds,
   * the worker stops, and {@link Worker#run} throws {@link UnfitHostException}; 5 unless set.
   * Attempts that run at the same time count as one. After each the worker begins nothing for a
   * while, see {@link #backOff}, so that other hosts take the tasks.
   *
   * <p>A task is given back then, and its attempt is not used up. Trouble is taken for the task's
   * own failure when the task met it on two other occasions on different hosts, or a hundred times
   * in all, as far as the backend keeps reasons; or when other tasks have succeeded here since it
   * met it here.
   */
  public WorkerBuilder hostTroubleLimit(int count) {
    this.hostTroubleLimit = (int) atLeastOne("host trouble limit", count);
    return this;
  }

  /**
   * Whether to stop when nothing is waiting, delayed or leased, by anybody, in any of the queues:
   * the worker stays for retries and for what others may yet give back. Off unless set.
   *
   * @throws IllegalArgumentException if a queue cannot tell when it is empty; {@link #idleTimeout}
   *     can stop the worker there
   */
  public WorkerBuilder exitOnEmpty(boolean on) {
    if (on) {
      require(
          Capability.SIZE,
          "exit on empty: %s cannot tell when it is empty; stop after an idle time instead");
    }
    this.exitOnEmpty = on;
    return this;
  }

  /** Stop when so many tasks were begun. */
  public WorkerBuilder maxTasks(long count) {
    this.maxTasks = atLeastOne("max tasks", count);
    return this;
  }

  /** Stop leasing after this time; running tasks end in their own time. */
  public WorkerBuilder timeLimit(Duration time) {
    Arguments.positive("time limit", time);
    this.timeLimit = time;
    return this;
  }

  /** Stop leasing after this time; tasks that still run have the grace time then. */
  public WorkerBuilder hardTimeLimit(Duration time) {
    Arguments.positive("hard time limit", time);
    this.hardTimeLimit = time;
    return this;
  }

  /** Stop when there was nothing to do for this time. */
  public WorkerBuilder idleTimeout(Duration time) {
    Arguments.positive("idle timeout", time);
    this.idleTimeout = time;
    return this;
  }

  /**
   * Stop when this holds of what was done so far; asked before every lease, and every five seconds
   * when there is none. May be called for several, of which any stops the worker.
   */
  public WorkerBuilder stopWhen(Predicate<? super WorkerReport> condition) {
    return stopWhen(StopReason.CONDITION.toString(), condition);
  }

  /**
   * As {@link #stopWhen(Predicate)}.
   *
   * @param what what has happened when the condition holds, for the log: {@code "the drain file
   *     appeared"}
   */
  public WorkerBuilder stopWhen(String what, Predicate<? super WorkerReport> condition) {
    stopWhen.add(new StopConditions.Condition(what, condition));
    this.conditionInterval = CONDITION_INTERVAL;
    return this;
  }

  /** How long running tasks may go on after {@link Worker#stop}; 30 seconds unless set. */
  public WorkerBuilder grace(Duration time) {
    Arguments.notNegative("grace", time);
    this.grace = time;
    return this;
  }

  /** Whether completed tasks are counted as completed in the queue; on unless set. */
  public WorkerBuilder tally(boolean on) {
    this.tally = on;
    return this;
  }

  /**
   * How long after a failure a task is tried again that does not say so itself: about {@code min}
   * after the first, doubling with every other up to {@code max}. 2 seconds and 10 minutes unless
   * set.
   */
  public WorkerBuilder retryDelay(Duration min, Duration max) {
    Arguments.range("retry delay", min, max);
    this.minRetryDelay = min;
    this.maxRetryDelay = max;
    return this;
  }

  /**
   * How long to wait between looks at a queue that has nothing to do, before a task is executed
   * again that threw what {@link #backOffOn} says, and before anything is begun after trouble of
   * this host: about {@code min} after the first time, doubling up to {@code max}, each cut by a
   * random part of up to a half. News of a task ends a wait for one. Half a second and 2 minutes
   * unless set.
   */
  public WorkerBuilder backOff(Duration min, Duration max) {
    Arguments.range("back-off", min, max);
    this.minBackOff = min;
    this.maxBackOff = max;
    return this;
  }

  /**
   * An exception of a task that means "not now", such as that of a service that is overloaded: the
   * attempt has not failed. The task keeps its slot and its lease, and is executed again after a
   * while, see {@link #backOff}. May be called for several.
   */
  public WorkerBuilder backOffOn(Class<? extends Throwable> exception) {
    backOffExceptions.add(exception);
    return this;
  }

  /**
   * Whether the worker stops when an attempt fails, and {@link Worker#run} throws what the task
   * threw. The attempt is failed in the queue all the same. Off unless set: the worker lives on.
   */
  public WorkerBuilder stopOnFailure(boolean on) {
    this.stopOnFailure = on;
    return this;
  }

  /**
   * Whether what commands write to standard output appears command by command, in the order in
   * which their tasks were leased. Off unless set: then it appears as it is written. The output of
   * those that are not first waits in memory, and beyond 16 KiB each in the directory for temporary
   * files.
   */
  public WorkerBuilder keepOrder(boolean on) {
    this.keepOrder = on;
    return this;
  }

  /** What tasks find under this name by {@link TaskContext#value}. */
  public WorkerBuilder value(String name, Object value) {
    values.put(name, value);
    return this;
  }

  /** Is told of each task before it is executed; what it throws fails the attempt. */
  public WorkerBuilder before(Consumer<? super TaskContext> hook) {
    this.before = hook;
    return this;
  }

  /**
   * Is told of each task after it was completed, maybe in another thread than the one in which it
   * was executed; what it throws is logged.
   */
  public WorkerBuilder after(Consumer<? super TaskContext> hook) {
    this.after = hook;
    return this;
  }

  /** Is told what becomes of each task, for metrics. May be called for several. */
  public WorkerBuilder listener(WorkerListener told) {
    listeners.add(told);
    return this;
  }

  /**
   * Whether the outcome of each attempt, and what it {@link TaskContext#result returned}, is
   * written to its queue's {@link QueueBackend#outcomes outcomes}. Unless set, it is when the queue
   * asks for it as the worker starts, see {@link OutcomeLog#ask}.
   *
   * @throws IllegalArgumentException if a queue keeps none; {@link #recordIn} can say where else
   */
  public WorkerBuilder record(boolean on) {
    if (on) {
      require(
          Capability.OUTCOMES, "record: %s keeps no outcomes; record them in a directory instead");
    }
    this.recordTo = on ? QueueBackend::outcomes : queue -> Optional.empty();
    return this;
  }

  /** Writes the outcome of each attempt, and what it returned, here, and nowhere else. */
  public WorkerBuilder recordIn(OutcomeLog outcomes) {
    this.recordTo = queue -> Optional.of(outcomes);
    return this;
  }

  /**
   * Keeps what tasks write in their queue's {@link QueueBackend#output}, beside passing it on: the
   * standard output and standard error of commands, and what other tasks write to {@link
   * TaskContext#out} and {@link TaskContext#err}. Nothing is kept unless set.
   *
   * @throws IllegalArgumentException if a queue keeps none; {@link #keepOutput(OutputLog.Keep,
   *     OutputLog)} can say where else
   */
  public WorkerBuilder keepOutput(OutputLog.Keep which) {
    for (WorkerQueue queue : queues) {
      if (queue.backend().output().isEmpty()) {
        throw new IllegalArgumentException(
            "output: %s keeps none; keep it in a directory instead"
                .formatted(queue.backend().url()));
      }
    }
    this.keep = which;
    this.outputs = QueueBackend::output;
    return this;
  }

  /** As {@link #keepOutput(OutputLog.Keep)}, but here. */
  public WorkerBuilder keepOutput(OutputLog.Keep which, OutputLog where) {
    this.keep = which;
    this.outputs = queue -> Optional.of(where);
    return this;
  }

  /** How much output is kept; {@link OutputLog.Limits#DEFAULT} unless set. */
  public WorkerBuilder outputLimits(OutputLog.Limits limits) {
    this.outputLimits = limits;
    return this;
  }

  private Supplier<Optional<OutputLog.Writer>> keeper(QueueBackend queue) {
    OutputLog.Keep which = keep;
    OutputLog.Limits limits = outputLimits;
    Function<QueueBackend, Optional<OutputLog>> where = outputs;
    return which == null
        ? Optional::empty
        : () -> where.apply(queue).map(output -> output.writer(which, limits));
  }

  private void require(Capability capability, String otherwise) {
    for (WorkerQueue queue : queues) {
      if (!queue.backend().capabilities().contains(capability)) {
        throw new IllegalArgumentException(otherwise.formatted(queue.backend().url()));
      }
    }
  }

  /** Whether each step of each task is logged as information, and not only for debugging. */
  public WorkerBuilder verbose(boolean on) {
    this.verbose = on;
    return this;
  }

  /** How long an interrupted task may take to end before its lease is released all the same. */
  WorkerBuilder interruptionTime(Duration time) {
    this.interruptionTime = time;
    return this;
  }

  WorkerBuilder clock(Clock time) {
    this.clock = time;
    return this;
  }

  /**
   * A worker with the settings of now.
   *
   * @throws IllegalArgumentException if a task of one of the queues takes more than the worker has
   */
  public Worker build() {
    Node node = new Node(slots, memory, gpus);
    queues.forEach(queue -> node.requireFor(queue.backend().url(), queue.needs()));
    return new Worker(settings(), node, fair);
  }

  /** How it works on each queue. */
  List<WorkerSettings> settings() {
    return queues.stream().map(this::settings).toList();
  }

  private WorkerSettings settings(WorkerQueue queue) {
    QueueBackend backend = queue.backend();
    // What is set later counts for other workers only.
    Function<QueueBackend, Optional<OutcomeLog>> record = recordTo;
    return new WorkerSettings(
        backend,
        queue.address(),
        queue.handler(),
        queue.needs(),
        queue.weight(),
        values,
        new WorkerSettings.Hooks(
            before, after, List.copyOf(listeners), () -> record.apply(backend), keeper(backend)),
        leaseTime,
        new WorkerSettings.Attempts(
            attempts, timeout, new Backoff(minRetryDelay, maxRetryDelay, random)),
        new WorkerSettings.Exceptions(backOffExceptions, hostTroubles),
        hostTroubleLimit,
        new StopConditions(
            maxTasks,
            timeLimit,
            hardTimeLimit,
            idleTimeout,
            List.copyOf(stopWhen),
            conditionInterval),
        new WorkerSettings.Grace(grace, interruptionTime),
        new Backoff(minBackOff, maxBackOff, random),
        exitOnEmpty,
        stopOnFailure,
        tally,
        keepOrder,
        verbose,
        clock);
  }

  private static long atLeastOne(String name, long count) {
    if (count < 1) {
      throw new IllegalArgumentException(name + ": expected 1 or more, found " + count);
    }
    return count;
  }
}
