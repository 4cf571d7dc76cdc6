package dev.fq.memory;

import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.StateCounts;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue in a map. Tasks come out in the order in which they went in, and are gone with the
 * process. A search for work looks at every task that is not done: meant for thousands, not
 * millions.
 */
public final class MemoryQueue implements QueueBackend {

  /** How to wait on a monitor; tests let their clock jump instead. */
  interface Pause {
    void await(Object monitor, Duration atMost) throws InterruptedException;
  }

  private final String name;
  private final Clock clock;
  private final Pause pause;

  // All below: guarded by this.
  private final Map<TaskId, Entry> enqueued = new LinkedHashMap<>();
  private final Map<TaskId, Entry> dead = new LinkedHashMap<>();
  private long inserted;
  private long completed;
  private long leasesGiven;

  private static final class Entry {
    final NewTask task;
    final List<Failure> failures = new ArrayList<>();
    Instant due;
    int attempt;
    @Nullable String holder;

    /** Whose attempt it still is when it was given back and nobody has leased it since. */
    @Nullable String lastHolder;

    Entry(NewTask task, Instant due) {
      this.task = task;
      this.due = due;
    }

    TaskState state(Instant now) {
      if (!due.isAfter(now)) {
        return TaskState.WAITING;
      }
      return holder == null ? TaskState.DELAYED : TaskState.LEASED;
    }

    TaskInfo info(TaskState state) {
      return state == TaskState.DEAD
          ? new TaskInfo(task.id(), state, Instant.EPOCH, 0, null)
          : new TaskInfo(task.id(), state, due, attempt, holder);
    }

    boolean isHeldBy(Lease lease) {
      return lease.receipt().equals(holder);
    }

    boolean isSameAttemptAs(Lease lease) {
      return lease.receipt().equals(lastHolder);
    }

    void release() {
      attempt--;
      due = Instant.EPOCH;
      holder = null;
    }

    void fail(Instant retryAt) {
      due = retryAt;
      holder = null;
      lastHolder = null;
    }
  }

  /**
   * An empty queue.
   *
   * @param name the place in its URL
   * @param clock the time by which tasks are due
   */
  public MemoryQueue(String name, Clock clock) {
    this(name, clock, MemoryQueue::waitOn);
  }

  MemoryQueue(String name, Clock clock, Pause pause) {
    this.name = name;
    this.clock = clock;
    this.pause = pause;
  }

  @SuppressWarnings("WaitNotInLoop") // lease has the loop
  private static void waitOn(Object monitor, Duration atMost) throws InterruptedException {
    monitor.wait(Math.max(1, atMost.toMillis()));
  }

  @Override
  public String url() {
    return "mem://" + name;
  }

  @Override
  public boolean isSameAs(QueueBackend other) {
    return this == other;
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.complementOf(
        EnumSet.of(
            Capability.BUNDLES,
            Capability.GATES,
            Capability.LIMITS,
            Capability.OUTCOMES,
            Capability.OUTPUT));
  }

  @Override
  public synchronized Set<TaskId> insert(List<NewTask> tasks) {
    Set<TaskId> refused = new LinkedHashSet<>();
    for (NewTask task : tasks) {
      if (enqueued.containsKey(task.id()) || dead.containsKey(task.id())) {
        refused.add(task.id());
      } else {
        enqueued.put(task.id(), new Entry(task, later(task.delay())));
        inserted++;
      }
    }
    notifyAll();
    return refused;
  }

  private Instant later(Duration delay) {
    return delay.isZero() ? Instant.EPOCH : clock.instant().plus(delay);
  }

  @Override
  public synchronized List<Lease> lease(int max, Duration duration, Duration wait)
      throws InterruptedException {
    Arguments.ofLease(max, duration, wait);
    Instant end = clock.instant().plus(wait);
    List<Lease> leases = leaseNow(max, duration);
    Instant now = clock.instant();
    while (leases.isEmpty() && now.isBefore(end)) {
      pause.await(this, Duration.between(now, nextLook(now, end)));
      leases = leaseNow(max, duration);
      now = clock.instant();
    }
    return leases;
  }

  private Instant nextLook(Instant now, Instant end) {
    return enqueued.values().stream()
        .map(entry -> entry.due)
        .filter(due -> due.isAfter(now) && due.isBefore(end))
        .min(Instant::compareTo)
        .orElse(end);
  }

  private List<Lease> leaseNow(int max, Duration duration) {
    Instant now = clock.instant();
    return enqueued.values().stream()
        .filter(entry -> entry.state(now) == TaskState.WAITING)
        .limit(max)
        .map(entry -> lease(entry, now.plus(duration)))
        .toList();
  }

  @Override
  public synchronized List<Lease> lease(Set<TaskId> ids, Duration duration) {
    Arguments.positive("lease duration", duration);
    Instant now = clock.instant();
    return enqueued.values().stream()
        .filter(entry -> ids.contains(entry.task.id()))
        .filter(entry -> entry.state(now) == TaskState.WAITING)
        .map(entry -> lease(entry, now.plus(duration)))
        .toList();
  }

  private Lease lease(Entry entry, Instant deadline) {
    entry.attempt++;
    String holder = "memory-%s-%s".formatted(ProcessHandle.current().pid(), ++leasesGiven);
    entry.holder = holder;
    entry.lastHolder = holder;
    return hold(entry, holder, deadline);
  }

  private static Lease hold(Entry entry, String holder, Instant deadline) {
    entry.due = deadline;
    return new Lease(entry.task.id(), entry.task.payload(), entry.attempt, deadline, holder);
  }

  @Override
  public synchronized Lease renew(Lease lease, Duration duration) throws LeaseLostException {
    Arguments.positive("lease duration", duration);
    return hold(held(lease), lease.receipt(), clock.instant().plus(duration));
  }

  @Override
  public synchronized void release(Lease lease) throws LeaseLostException {
    giveBack(held(lease));
  }

  @Override
  public synchronized void release(Lease lease, String reason) throws LeaseLostException {
    Entry entry = held(lease);
    entry.failures.add(
        new Failure(lease.attempt(), lease.receipt(), clock.instant(), reason, false));
    giveBack(entry);
  }

  /** Behind all others, whose turn it is now. */
  private void giveBack(Entry entry) {
    entry.release();
    enqueued.remove(entry.task.id());
    enqueued.put(entry.task.id(), entry);
    notifyAll();
  }

  @Override
  public synchronized void complete(Lease lease) throws LeaseLostException {
    delete(lease);
    completed++;
  }

  @Override
  public synchronized void delete(Lease lease) throws LeaseLostException {
    Entry entry = enqueued.get(lease.id());
    if (entry == null || !entry.isSameAttemptAs(lease)) {
      throw new LeaseLostException(lease);
    }
    enqueued.remove(lease.id());
  }

  @Override
  public synchronized void fail(Lease lease, String reason, Duration retryIn)
      throws LeaseLostException {
    Arguments.notNegative("retryIn", retryIn);
    Entry entry = held(lease);
    entry.failures.add(failure(lease, reason));
    entry.fail(later(retryIn));
    notifyAll();
  }

  @Override
  public synchronized void giveUp(Lease lease, String reason) throws LeaseLostException {
    Entry entry = held(lease);
    entry.failures.add(failure(lease, reason));
    enqueued.remove(lease.id());
    dead.put(lease.id(), entry);
  }

  private Failure failure(Lease lease, String reason) {
    return new Failure(lease.attempt(), lease.receipt(), clock.instant(), reason);
  }

  private Entry held(Lease lease) throws LeaseLostException {
    Entry entry = enqueued.get(lease.id());
    if (entry == null || !entry.isHeldBy(lease)) {
      throw new LeaseLostException(lease);
    }
    return entry;
  }

  @Override
  public synchronized QueueStats stats() {
    Instant now = clock.instant();
    StateCounts counts = new StateCounts();
    enqueued.values().forEach(entry -> counts.add(entry.state(now)));
    dead.values().forEach(entry -> counts.add(TaskState.DEAD));
    return counts.stats(inserted, completed);
  }

  @Override
  public synchronized Stream<TaskInfo> list() {
    Instant now = clock.instant();
    List<TaskInfo> infos = new ArrayList<>();
    enqueued.values().forEach(entry -> infos.add(entry.info(entry.state(now))));
    dead.values().forEach(entry -> infos.add(entry.info(TaskState.DEAD)));
    return infos.stream();
  }

  @Override
  public synchronized Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) {
    Instant now = clock.instant();
    return enqueued.values().stream()
        .map(entry -> new TaskEntry(entry.info(entry.state(now)), entry.task.payload()))
        .filter(entry -> which.test(entry.info()))
        .toList()
        .stream();
  }

  @Override
  public synchronized Stream<TaskDetail> bodies(Predicate<? super TaskInfo> which) {
    Instant now = clock.instant();
    return Stream.concat(
        enqueued.values().stream().map(entry -> detail(entry, entry.state(now))),
        dead.values().stream().map(entry -> detail(entry, TaskState.DEAD)))
        .filter(task -> which.test(task.info()))
        .map(task -> new TaskDetail(task.info(), task.body(), List.of()))
        .toList()
        .stream();
  }

  @Override
  public synchronized long deleteById(Set<TaskId> ids) {
    long before = enqueued.size();
    enqueued.keySet().removeAll(ids);
    return before - enqueued.size();
  }

  @Override
  public synchronized long completeById(Set<TaskId> ids) {
    long removed = deleteById(ids);
    completed += removed;
    return removed;
  }

  @Override
  public synchronized Optional<TaskDetail> peek(TaskId id) {
    Entry entry = enqueued.get(id);
    if (entry != null) {
      return Optional.of(detail(entry, entry.state(clock.instant())));
    }
    return Optional.ofNullable(dead.get(id)).map(found -> detail(found, TaskState.DEAD));
  }

  private TaskDetail detail(Entry entry, TaskState state) {
    String body = Envelope.of(entry.task, url());
    return new TaskDetail(entry.info(state), body, List.copyOf(entry.failures));
  }

  @Override
  public synchronized long releaseAll(Predicate<? super TaskInfo> which) {
    Instant now = clock.instant();
    List<Entry> picked =
        enqueued.values().stream()
            .filter(entry -> entry.state(now) == TaskState.LEASED)
            .filter(entry -> which.test(entry.info(TaskState.LEASED)))
            .toList();
    picked.forEach(Entry::release);
    notifyAll();
    return picked.size();
  }

  @Override
  public synchronized Stream<TaskDetail> dead() {
    return dead.values().stream().map(entry -> detail(entry, TaskState.DEAD)).toList().stream();
  }

  @Override
  public synchronized long retryDead(Predicate<? super TaskId> which) {
    List<NewTask> picked =
        dead.values().stream()
            .map(entry -> entry.task)
            .filter(task -> which.test(task.id()))
            .toList();
    for (NewTask task : picked) {
      dead.remove(task.id());
      enqueued.put(task.id(), new Entry(task, Instant.EPOCH));
    }
    notifyAll();
    return picked.size();
  }

  @Override
  public synchronized long purgeDead(Predicate<? super TaskId> which) {
    long before = dead.size();
    dead.keySet().removeIf(which);
    return before - dead.size();
  }

  @Override
  public synchronized void rezero() {
    inserted = 0;
    completed = 0;
  }

  @Override
  public synchronized OptionalLong purge() {
    OptionalLong removed = OptionalLong.of(enqueued.size());
    enqueued.clear();
    return removed;
  }

  /** Does nothing: the queue lives as long as it is referred to. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return url();
  }
}
