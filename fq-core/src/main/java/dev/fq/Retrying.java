package dev.fq;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import dev.failsafe.function.CheckedSupplier;
import dev.fq.spi.Capability;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backend whose verbs are tried again when the trouble is {@link QueueBackend#isTransient
 * transient}, after random, growing times.
 *
 * <p>Not {@link #renew}: the {@link Renewer} has times of its own for trying again.
 */
final class Retrying implements QueueBackend {

  private static final Logger log = LoggerFactory.getLogger(Retrying.class);
  private static final double JITTER = 0.5;

  private final QueueBackend backend;
  private final RetryPolicy<Object> policy;

  /**
   * @param retries how often to try again; 0 for never
   * @param min about how long to wait before the first time, doubling up to {@code max}
   */
  Retrying(QueueBackend backend, int retries, Duration min, Duration max) {
    this.backend = backend;
    RetryPolicyBuilder<Object> builder =
        RetryPolicy.builder()
            .handleIf(e -> e instanceof IOException trouble && backend.isTransient(trouble))
            .withMaxRetries(retries)
            .withJitter(JITTER)
            .onRetry(
                event ->
                    log.warn(
                        "{}: trying again, time {} of {}: {}",
                        backend.url(),
                        event.getAttemptCount(),
                        retries,
                        String.valueOf(event.getLastException())));
    this.policy =
        (min.equals(max) ? builder.withDelay(min) : builder.withBackoff(min, max)).build();
  }

  /** A verb of a queue. */
  private interface Verb {
    void run() throws IOException, LeaseLostException, InterruptedException;
  }

  private <T> T retried(CheckedSupplier<T> verb)
      throws IOException, LeaseLostException, InterruptedException {
    try {
      return Failsafe.with(policy).get(verb);
    } catch (FailsafeException e) {
      // Failsafe wraps what is checked.
      Throwable cause = e.getCause();
      if (cause instanceof IOException trouble) {
        throw trouble;
      }
      if (cause instanceof LeaseLostException lost) {
        throw lost;
      }
      if (cause instanceof InterruptedException interruption) {
        // It has been set again for those who know of no such exception.
        Thread.interrupted();
        throw interruption;
      }
      throw e;
    }
  }

  private <T> T operatorVerb(CheckedSupplier<T> verb) throws IOException {
    try {
      return retried(verb);
    } catch (LeaseLostException e) {
      throw new IllegalStateException("a verb without a lease has lost one", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void leaseVerb(Verb verb) throws IOException, LeaseLostException {
    try {
      retried(
          () -> {
            verb.run();
            return true;
          });
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** For verbs that do not tell of interruption: the last word is that they did not succeed. */
  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while waiting to try again", e);
  }

  @Override
  public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
    BitSet missing = new BitSet();
    missing.set(0, tasks.size());
    Set<TaskId> refused = new LinkedHashSet<>();
    List<NewTask> toInsert = new ArrayList<>(tasks);
    try {
      operatorVerb(
          () -> {
            insertMissing(toInsert, missing, refused);
            return true;
          });
    } catch (IOException e) {
      throw new PartialInsertException(tasks.size(), missing, refused, e);
    }
    // Under an id that was generated here, what is there already is of a try whose answer was lost.
    tasks.stream()
        .filter(task -> task.origin() == IdOrigin.GENERATED)
        .forEach(task -> refused.remove(task.id()));
    return refused;
  }

  private void insertMissing(List<NewTask> tasks, BitSet missing, Set<TaskId> refused)
      throws IOException {
    int[] places = missing.stream().toArray();
    try {
      refused.addAll(backend.insert(Arrays.stream(places).mapToObj(tasks::get).toList()));
      missing.clear();
    } catch (PartialInsertException e) {
      refused.addAll(e.refused());
      missing.clear();
      e.missing().stream().forEach(place -> missing.set(places[place]));
      // What is tried again may be in the queue, whatever we were told.
      missing.stream()
          .forEach(place -> tasks.set(place, tasks.get(place).withOrigin(IdOrigin.GIVEN)));
      throw e.getCause() instanceof IOException trouble ? trouble : e;
    }
  }

  @Override
  public List<Lease> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException {
    try {
      return retried(() -> backend.lease(max, duration, wait));
    } catch (LeaseLostException e) {
      throw new IllegalStateException("a lease was lost before it was given", e);
    }
  }

  @Override
  public List<Lease> lease(Set<TaskId> ids, Duration duration) throws IOException {
    return operatorVerb(() -> backend.lease(ids, duration));
  }

  @Override
  public boolean isSameAs(QueueBackend other) throws IOException {
    return operatorVerb(() -> backend.isSameAs(bare(other)));
  }

  @Override
  public Optional<DirectMove> directMoveTo(QueueBackend target) throws IOException {
    return operatorVerb(() -> backend.directMoveTo(bare(target)).map(RetryingMove::new));
  }

  /** Backends look at each other's kind. */
  private static QueueBackend bare(QueueBackend queue) {
    return queue instanceof Retrying retrying ? retrying.backend : queue;
  }

  /** A move whose steps are tried again; those that were taken are counted already. */
  private final class RetryingMove implements DirectMove {
    private final DirectMove move;

    RetryingMove(DirectMove move) {
      this.move = move;
    }

    @Override
    public boolean moveSome(int max) throws IOException {
      return operatorVerb(() -> move.moveSome(max));
    }

    @Override
    public long moved() {
      return move.moved();
    }

    @Override
    public Map<TaskId, String> staying() {
      return move.staying();
    }
  }

  @Override
  public Duration longestLease() {
    return backend.longestLease();
  }

  @Override
  public Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
    return backend.renew(lease, duration);
  }

  @Override
  public void release(Lease lease) throws IOException, LeaseLostException {
    leaseVerb(() -> backend.release(lease));
  }

  @Override
  public void release(Lease lease, String reason) throws IOException, LeaseLostException {
    leaseVerb(() -> backend.release(lease, reason));
  }

  @Override
  public void complete(Lease lease) throws IOException, LeaseLostException {
    leaseVerb(() -> backend.complete(lease));
  }

  @Override
  public void delete(Lease lease) throws IOException, LeaseLostException {
    leaseVerb(() -> backend.delete(lease));
  }

  @Override
  public void fail(Lease lease, String reason, Duration retryIn)
      throws IOException, LeaseLostException {
    leaseVerb(() -> backend.fail(lease, reason, retryIn));
  }

  @Override
  public void giveUp(Lease lease, String reason) throws IOException, LeaseLostException {
    leaseVerb(() -> backend.giveUp(lease, reason));
  }

  @Override
  public QueueStats stats() throws IOException {
    return operatorVerb(backend::stats);
  }

  @Override
  public boolean isEmpty() throws IOException {
    return operatorVerb(backend::isEmpty);
  }

  @Override
  public Stream<TaskInfo> list() throws IOException {
    return operatorVerb(backend::list);
  }

  @Override
  public Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) throws IOException {
    return operatorVerb(() -> backend.entries(which));
  }

  @Override
  public Optional<TaskDetail> peek(TaskId id) throws IOException {
    return operatorVerb(() -> backend.peek(id));
  }

  @Override
  public long deleteById(Set<TaskId> ids) throws IOException {
    return operatorVerb(() -> backend.deleteById(ids));
  }

  @Override
  public long completeById(Set<TaskId> ids) throws IOException {
    return operatorVerb(() -> backend.completeById(ids));
  }

  @Override
  public long releaseAll(Predicate<? super TaskInfo> which) throws IOException {
    return operatorVerb(() -> backend.releaseAll(which));
  }

  @Override
  public long completeEach(List<Lease> leases) throws IOException {
    return operatorVerb(() -> backend.completeEach(leases));
  }

  @Override
  public long deleteEach(List<Lease> leases) throws IOException {
    return operatorVerb(() -> backend.deleteEach(leases));
  }

  @Override
  public Stream<TaskDetail> dead() throws IOException {
    return operatorVerb(backend::dead);
  }

  @Override
  public long retryDead(Predicate<? super TaskId> which) throws IOException {
    return operatorVerb(() -> backend.retryDead(which));
  }

  @Override
  public long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return operatorVerb(() -> backend.purgeDead(which));
  }

  @Override
  public void rezero() throws IOException {
    operatorVerb(
        () -> {
          backend.rezero();
          return true;
        });
  }

  @Override
  public OptionalLong purge() throws IOException {
    return operatorVerb(backend::purge);
  }

  @Override
  public Duration emptyAfter() {
    return backend.emptyAfter();
  }

  @Override
  public long passedOver() {
    return backend.passedOver();
  }

  @Override
  public boolean isTransient(IOException trouble) {
    return false;
  }

  @Override
  public String url() {
    return backend.url();
  }

  @Override
  public Set<Capability> capabilities() {
    return backend.capabilities();
  }

  @Override
  public void close() throws IOException {
    backend.close();
  }
}
