package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.QueueBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How one worker works on one of its queues, fixed from its making to its end. The words are those
 * of {@link WorkerBuilder}, which says what each setting means.
 *
 * @param address by which the queue can be opened again, with its options
 * @param needs what each task of this queue takes
 * @param weight how many tasks of this queue are begun for one of a queue of weight 1, when queues
 *     take turns
 * @param values what tasks find in their context
 * @param backOff how long to wait for work, after trouble of this host, and after "not now"
 */
record WorkerSettings(
    QueueBackend queue,
    String address,
    TaskHandler handler,
    Needs needs,
    int weight,
    Map<String, Object> values,
    Hooks hooks,
    Duration leaseTime,
    Attempts attempts,
    Exceptions exceptions,
    int hostTroubleLimit,
    StopConditions stops,
    Grace grace,
    Backoff backOff,
    boolean exitOnEmpty,
    boolean stopOnFailure,
    boolean tally,
    boolean keepOrder,
    boolean verbose,
    Clock clock) {

  private static final Duration MAX_DELAY_WHEN_EXITING_ON_EMPTY = Duration.ofSeconds(5);

  /**
   * Who is told of a task before it is executed, after it was completed, and of how it ended.
   *
   * @param recordTo where outcomes are written, asked when the worker starts
   * @param keeper begins to keep output, when the worker starts
   */
  record Hooks(
      Consumer<? super TaskContext> before,
      Consumer<? super TaskContext> after,
      List<WorkerListener> listeners,
      Supplier<Optional<OutcomeLog>> recordTo,
      Supplier<Optional<OutputLog.Writer>> keeper) {}

  /** How often, how long and how soon again tasks are attempted that do not say so themselves. */
  record Attempts(int most, Duration timeout, Backoff retryDelay) {}

  /** Which exceptions of tasks mean "not now", and which that this host is to blame. */
  record Exceptions(
      List<Class<? extends Throwable>> backOff, List<Class<? extends Throwable>> hostTrouble) {

    Exceptions {
      backOff = List.copyOf(backOff);
      hostTrouble = List.copyOf(hostTrouble);
    }
  }

  /**
   * What running tasks have when the worker must end.
   *
   * @param time before they are interrupted
   * @param interruption after that, before their leases are released all the same
   */
  record Grace(Duration time, Duration interruption) {}

  WorkerSettings {
    values = Map.copyOf(values);
  }

  /** How often this task is attempted, by its own word or else ours. */
  int attempts(Lease lease) {
    return lease.payload().limits().attempts().orElse(attempts.most);
  }

  /** How long an attempt at this task may take, by its own word or else ours. */
  Duration timeout(Lease lease) {
    return lease.payload().limits().timeout().orElse(attempts.timeout);
  }

  /** How long after an attempt this task is tried again, by its own word or else ours. */
  Duration retryDelay(Lease lease) {
    Backoff delay =
        lease
            .payload()
            .limits()
            .retryDelay()
            .map(attempts.retryDelay::from)
            .orElse(attempts.retryDelay);
    return delay.after(lease.attempt());
  }

  /** Whether the attempt that threw this is to be made again after a while. */
  boolean isNotNow(Throwable failure) {
    return exceptions.backOff.stream().anyMatch(type -> type.isInstance(failure));
  }

  boolean isHostTrouble(Throwable failure) {
    return exceptions.hostTrouble.stream().anyMatch(type -> type.isInstance(failure));
  }

  /** Others may end the last lease without news: who waits for that looks more often. */
  Backoff idleDelay() {
    return exitOnEmpty ? backOff.upTo(MAX_DELAY_WHEN_EXITING_ON_EMPTY) : backOff;
  }

  /** How long the queue leases a task at a time. */
  Duration grantedLeaseTime() {
    Duration longest = queue.longestLease();
    return leaseTime.compareTo(longest) < 0 ? leaseTime : longest;
  }

  LeaseTerms terms() {
    return new LeaseTerms(queue, grantedLeaseTime());
  }

  /** For the log. */
  String summary() {
    return "lease: %s s, attempts: %s%s"
        .formatted(
            grantedLeaseTime().toSeconds(),
            attempts.most,
            needs.equals(Needs.ONE_SLOT) ? "" : "; each task takes " + needs);
  }
}
