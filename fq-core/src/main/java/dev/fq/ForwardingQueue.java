package dev.fq;

import dev.fq.spi.Capability;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Gate;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.Limit;
import dev.fq.spi.NewTask;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue that hands every verb on to another. Who extends it says what stands around all verbs,
 * and replaces single ones. What a queue says of itself is handed on as it is.
 */
abstract class ForwardingQueue implements QueueBackend {

  private final QueueBackend backend;

  ForwardingQueue(QueueBackend backend) {
    this.backend = backend;
  }

  /** A verb of a queue, with its arguments. */
  @FunctionalInterface
  interface Verb<T> {
    T run() throws IOException, LeaseLostException, InterruptedException;
  }

  /**
   * Runs a verb, and what stands around it.
   *
   * @param name of the method of {@link QueueBackend}
   */
  <T> T around(String name, Verb<T> verb)
      throws IOException, LeaseLostException, InterruptedException {
    return verb.run();
  }

  /** The queue that this one hands verbs on to. */
  final QueueBackend backend() {
    return backend;
  }

  /** A verb that has no lease and does not tell of interruption. */
  final <T> T asked(String name, Verb<T> verb) throws IOException {
    try {
      return around(name, verb);
    } catch (LeaseLostException e) {
      throw new IllegalStateException("a verb without a lease has lost one", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private interface HoldersVerb {
    void run() throws IOException, LeaseLostException;
  }

  private void held(String name, HoldersVerb verb) throws IOException, LeaseLostException {
    try {
      around(
          name,
          () -> {
            verb.run();
            return true;
          });
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** The last word is that the verb did not succeed. */
  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while waiting to try again", e);
  }

  @Override
  public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
    return asked("insert", () -> backend.insert(tasks));
  }

  @Override
  public boolean hasWaiting() throws IOException {
    return asked("hasWaiting", backend::hasWaiting);
  }

  @Override
  public List<Lease> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException {
    try {
      return around("lease", () -> backend.lease(max, duration, wait));
    } catch (LeaseLostException e) {
      throw new IllegalStateException("a lease was lost before it was given", e);
    }
  }

  @Override
  public List<Lease> lease(Set<TaskId> ids, Duration duration) throws IOException {
    return asked("lease", () -> backend.lease(ids, duration));
  }

  @Override
  public Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
    try {
      return around("renew", () -> backend.renew(lease, duration));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void release(Lease lease) throws IOException, LeaseLostException {
    held("release", () -> backend.release(lease));
  }

  @Override
  public void release(Lease lease, String reason) throws IOException, LeaseLostException {
    held("release", () -> backend.release(lease, reason));
  }

  @Override
  public void complete(Lease lease) throws IOException, LeaseLostException {
    held("complete", () -> backend.complete(lease));
  }

  @Override
  public void delete(Lease lease) throws IOException, LeaseLostException {
    held("delete", () -> backend.delete(lease));
  }

  @Override
  public void fail(Lease lease, String reason, Duration retryIn)
      throws IOException, LeaseLostException {
    held("fail", () -> backend.fail(lease, reason, retryIn));
  }

  @Override
  public void giveUp(Lease lease, String reason) throws IOException, LeaseLostException {
    held("giveUp", () -> backend.giveUp(lease, reason));
  }

  @Override
  public List<Lease> leaseClaimed(int max, Duration duration) throws IOException {
    return asked("leaseClaimed", () -> backend.leaseClaimed(max, duration));
  }

  @Override
  public boolean completesTogether(Lease lease) {
    return backend.completesTogether(lease);
  }

  @Override
  public List<Lease> completeEach(List<Lease> leases) throws IOException {
    return asked("completeEach", () -> backend.completeEach(leases));
  }

  @Override
  public List<Lease> deleteEach(List<Lease> leases) throws IOException {
    return asked("deleteEach", () -> backend.deleteEach(leases));
  }

  @Override
  public long bundle(int size, Predicate<? super TaskInfo> which) throws IOException {
    return asked("bundle", () -> backend.bundle(size, which));
  }

  @Override
  public long unbundle() throws IOException {
    return asked("unbundle", backend::unbundle);
  }

  @Override
  public QueueStats stats() throws IOException {
    return asked("stats", backend::stats);
  }

  @Override
  public boolean isEmpty() throws IOException {
    return asked("isEmpty", backend::isEmpty);
  }

  @Override
  public Stream<TaskInfo> list() throws IOException {
    return asked("list", backend::list);
  }

  @Override
  public Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) throws IOException {
    return asked("entries", () -> backend.entries(which));
  }

  @Override
  public Stream<TaskDetail> bodies(Predicate<? super TaskInfo> which) throws IOException {
    return asked("bodies", () -> backend.bodies(which));
  }

  @Override
  public Optional<TaskDetail> peek(TaskId id) throws IOException {
    return asked("peek", () -> backend.peek(id));
  }

  @Override
  public long deleteById(Set<TaskId> ids) throws IOException {
    return asked("deleteById", () -> backend.deleteById(ids));
  }

  @Override
  public long completeById(Set<TaskId> ids) throws IOException {
    return asked("completeById", () -> backend.completeById(ids));
  }

  @Override
  public long releaseAll(Predicate<? super TaskInfo> which) throws IOException {
    return asked("releaseAll", () -> backend.releaseAll(which));
  }

  @Override
  public Stream<TaskDetail> dead() throws IOException {
    return asked("dead", backend::dead);
  }

  @Override
  public long retryDead(Predicate<? super TaskId> which) throws IOException {
    return asked("retryDead", () -> backend.retryDead(which));
  }

  @Override
  public long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return asked("purgeDead", () -> backend.purgeDead(which));
  }

  @Override
  public void rezero() throws IOException {
    asked(
        "rezero",
        () -> {
          backend.rezero();
          return true;
        });
  }

  @Override
  public OptionalLong purge() throws IOException {
    return asked("purge", backend::purge);
  }

  /** Backends look at each other's kind. */
  @Override
  public boolean isSameAs(QueueBackend other) throws IOException {
    return asked("isSameAs", () -> backend.isSameAs(bare(other)));
  }

  @Override
  public Optional<DirectMove> directMoveTo(QueueBackend target) throws IOException {
    return asked("directMoveTo", () -> backend.directMoveTo(bare(target)));
  }

  private static QueueBackend bare(QueueBackend queue) {
    return queue instanceof ForwardingQueue forwarding ? bare(forwarding.backend) : queue;
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
  public Optional<OutcomeLog> outcomes() {
    return backend.outcomes();
  }

  @Override
  public void closeGate(Gate gate) throws IOException {
    asked(
        "closeGate",
        () -> {
          backend.closeGate(gate);
          return true;
        });
  }

  @Override
  public void openGate() throws IOException {
    asked(
        "openGate",
        () -> {
          backend.openGate();
          return true;
        });
  }

  @Override
  public void limit(@Nullable Limit limit) throws IOException {
    asked(
        "limit",
        () -> {
          backend.limit(limit);
          return true;
        });
  }

  @Override
  public Optional<Limit> limit() throws IOException {
    return asked("limit", backend::limit);
  }

  @Override
  public Optional<Gate> gate() throws IOException {
    return asked("gate", backend::gate);
  }

  @Override
  public List<String> gateWaitsFor() throws IOException {
    return asked("gateWaitsFor", backend::gateWaitsFor);
  }

  @Override
  public Optional<OutputLog> output() {
    return backend.output();
  }

  @Override
  public Duration longestLease() {
    return backend.longestLease();
  }

  @Override
  public Duration emptyAfter() {
    return backend.emptyAfter();
  }

  @Override
  public void share() throws IOException {
    backend.share();
  }

  @Override
  public Set<TaskId> insertBundled(List<NewTask> tasks, int size) throws IOException {
    return asked("insertBundled", () -> backend.insertBundled(tasks, size));
  }

  @Override
  public long passedOver() {
    return backend.passedOver();
  }

  @Override
  public boolean isTransient(IOException trouble) {
    return backend.isTransient(trouble);
  }

  @Override
  public void close() throws IOException {
    backend.close();
  }
}
