package dev.fq.spi;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** How a contract test opens its queue, and what its tests have in common. */
public abstract class ContractFixture {

  static final Duration LEASE = ofSeconds(30);

  MutableClock clock;
  QueueBackend queue;

  /** A new, empty queue that goes by this clock, and when it waits lets this clock jump. */
  protected abstract QueueBackend open(MutableClock clock) throws IOException;

  /** The time at which each test begins; a whole second. */
  protected Instant firstInstant() {
    return MutableClock.SOME_TIME;
  }

  /** The same queue as another process would open it. */
  protected abstract QueueBackend reopen(Clock clock) throws IOException;

  /**
   * Replaces the stored body of this task by something that is no task; false if that cannot be.
   */
  protected boolean damage(TaskId id) throws IOException {
    return false;
  }

  /** The queue under test. */
  protected final QueueBackend queue() {
    return queue;
  }

  protected final MutableClock clock() {
    return clock;
  }

  @BeforeEach
  void openQueue() throws IOException {
    clock = new MutableClock(firstInstant());
    queue = open(clock);
  }

  @AfterEach
  void closeQueue() throws IOException {
    queue.close();
  }

  final void pass(Duration time) {
    clock.advance(time);
  }

  static Payload payload(String text) {
    try {
      return Payload.ofJson("{\"text\": \"" + text + "\"}");
    } catch (InvalidPayloadException e) {
      throw new AssertionError(e);
    }
  }

  final TaskId insert(String text) throws IOException {
    return insert(text, ZERO);
  }

  final TaskId insert(String text, Duration delay) throws IOException {
    assumeTrue(delay.isZero() || can(Capability.DELAY));
    NewTask task = NewTask.of(payload(text), delay);
    queue.insert(List.of(task));
    return task.id();
  }

  final boolean can(Capability what) {
    return queue.capabilities().contains(what);
  }

  final void assertEmpty() throws Exception {
    if (can(Capability.SIZE)) {
      assertThat(queue.isEmpty()).isTrue();
    } else {
      assertThat(leaseUpTo(1)).isEmpty();
    }
  }

  final List<Lease> leaseUpTo(int max) throws Exception {
    return queue.lease(max, LEASE, ZERO);
  }

  final List<Lease> leaseAll() throws Exception {
    List<Lease> all = new ArrayList<>();
    List<Lease> some = leaseUpTo(1000);
    while (!some.isEmpty()) {
      all.addAll(some);
      some = leaseUpTo(1000);
    }
    return all;
  }

  final Lease leaseOne() throws Exception {
    return only(leaseUpTo(1));
  }

  static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  final TaskState stateOf(TaskId id) throws IOException {
    return detailOf(id).info().state();
  }

  final TaskDetail detailOf(TaskId id) throws IOException {
    assumeTrue(can(Capability.LIST));
    return queue.peek(id).orElseThrow();
  }

  final void assertGone(TaskId id) throws Exception {
    assertThat(leaseUpTo(1)).isEmpty();
    if (can(Capability.LIST)) {
      assertThat(queue.peek(id)).isEmpty();
    }
  }

  final NewTask named(TaskId id, String text) {
    return new NewTask(id, payload(text), ZERO);
  }

  static <T> List<T> inParallel(int threads, Callable<List<T>> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<T> all = new ArrayList<>();
      for (Future<List<T>> future : pool.invokeAll(Collections.nCopies(threads, work))) {
        all.addAll(future.get());
      }
      return all;
    } finally {
      pool.shutdownNow();
    }
  }
}
