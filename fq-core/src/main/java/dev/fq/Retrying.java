package dev.fq;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.PartialEndException;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backend whose verbs are tried again when the trouble is {@link QueueBackend#isTransient
 * transient}, after random, growing times.
 *
 * <p>Not {@link #renew}: the {@link Renewer} has times of its own for trying again.
 *
 * <p>Backends whose libraries try again themselves say that no trouble is transient.
 */
final class Retrying extends ForwardingQueue {

  private static final Logger log = LoggerFactory.getLogger(Retrying.class);
  private static final double JITTER = 0.5;

  private final RetryPolicy<Object> policy;

  /**
   * @param retries how often to try again; 0 for never
   * @param min about how long to wait before the first time, doubling up to {@code max}
   */
  Retrying(QueueBackend backend, int retries, Duration min, Duration max) {
    super(backend);
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

  @Override
  <T> T around(String name, Verb<T> verb)
      throws IOException, LeaseLostException, InterruptedException {
    try {
      return Failsafe.with(policy).get(verb::run);
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

  private interface Insertion {
    Set<TaskId> of(List<NewTask> tasks) throws IOException;
  }

  @Override
  public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
    return insert(tasks, backend()::insert);
  }

  @Override
  public Set<TaskId> insertBundled(List<NewTask> tasks, int size) throws IOException {
    return insert(tasks, some -> backend().insertBundled(some, size));
  }

  private Set<TaskId> insert(List<NewTask> tasks, Insertion insertion) throws IOException {
    BitSet missing = new BitSet();
    missing.set(0, tasks.size());
    Set<TaskId> refused = new LinkedHashSet<>();
    List<NewTask> toInsert = new ArrayList<>(tasks);
    try {
      asked(
          "insert",
          () -> {
            insertMissing(toInsert, missing, refused, insertion);
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

  private static void insertMissing(
      List<NewTask> tasks, BitSet missing, Set<TaskId> refused, Insertion insertion)
      throws IOException {
    int[] places = missing.stream().toArray();
    try {
      refused.addAll(insertion.of(Arrays.stream(places).mapToObj(tasks::get).toList()));
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
  public List<Lease> completeEach(List<Lease> leases) throws IOException {
    return endEach("completeEach", leases, backend()::completeEach);
  }

  @Override
  public List<Lease> deleteEach(List<Lease> leases) throws IOException {
    return endEach("deleteEach", leases, backend()::deleteEach);
  }

  private interface EndEach {
    List<Lease> of(List<Lease> leases) throws IOException;
  }

  /** What has ended at one try is not asked for at the next, which would find it lost. */
  private List<Lease> endEach(String verb, List<Lease> leases, EndEach end) throws IOException {
    List<Lease> left = new ArrayList<>(leases);
    List<Lease> lost = new ArrayList<>();
    try {
      asked(
          verb,
          () -> {
            try {
              return lost.addAll(end.of(left));
            } catch (PartialEndException e) {
              lost.addAll(e.lost());
              left.retainAll(e.unended());
              throw e.getCause() instanceof IOException trouble ? trouble : e;
            }
          });
    } catch (IOException e) {
      throw new PartialEndException(left, lost, e);
    }
    return lost;
  }

  @Override
  public Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
    return backend().renew(lease, duration);
  }

  @Override
  public Optional<DirectMove> directMoveTo(QueueBackend target) throws IOException {
    return super.directMoveTo(target).map(RetryingMove::new);
  }

  /** A move whose steps are tried again; those that were taken are counted already. */
  private final class RetryingMove implements DirectMove {
    private final DirectMove move;

    RetryingMove(DirectMove move) {
      this.move = move;
    }

    @Override
    public boolean moveSome(int max) throws IOException {
      return asked("moveSome", () -> move.moveSome(max));
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

  /** It has been tried again as often as it is worth. */
  @Override
  public boolean isTransient(IOException trouble) {
    return false;
  }
}
