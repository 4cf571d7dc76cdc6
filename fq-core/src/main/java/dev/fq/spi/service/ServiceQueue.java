package dev.fq.spi.service;

import dev.fq.spi.Arguments;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of a service that hands out messages and lets nobody look at them otherwise. Its verbs
 * are made of what such services have in common: they take messages, hide one that they have handed
 * out for a time, and delete it. The verbs that need more throw {@link
 * UnsupportedOperationException}.
 */
public abstract class ServiceQueue implements QueueBackend {

  private static final Logger log = LoggerFactory.getLogger(ServiceQueue.class);

  private final String url;
  private final Answers answers;
  private final Clock clock;
  private final HeldLeases held = new HeldLeases();

  /**
   * @param url the address of the queue
   * @param answers what the service's answers mean
   */
  protected ServiceQueue(String url, Answers answers, Clock clock) {
    this.url = url;
    this.answers = answers;
    this.clock = clock;
  }

  // What the service does.

  /** Sends these tasks; for the rest as {@link #insert}. */
  protected abstract void send(List<NewTask> tasks) throws IOException;

  /**
   * Sends a task again that was dead.
   *
   * @param messageId the message that it was
   */
  protected void resend(NewTask task, String messageId) throws IOException {
    send(List.of(task));
  }

  /**
   * Makes a lease last this long from now.
   *
   * @return how long it lasts, which the service may have changed
   * @throws LeaseLostException if it no longer counts
   */
  protected abstract Duration extend(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException;

  /**
   * Ends a lease, and hides the message this long from everybody, or as long as the service can.
   *
   * @param time zero for a message that is available at once
   * @throws LeaseLostException if it no longer counts
   */
  protected abstract void hide(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException;

  /** Deletes a message. */
  protected abstract CompletableFuture<?> end(Receipt receipt);

  /** Where dead tasks are. */
  protected abstract DeadMessages deadMessages();

  // The verbs.

  @Override
  public final String url() {
    return url;
  }

  /** The service cannot tell whether an id is taken, and refuses none. */
  @Override
  public final Set<TaskId> insert(List<NewTask> tasks) throws IOException {
    send(tasks);
    return Set.of();
  }

  /**
   * The lease that a message is which the service has handed out. One that cannot be read as a task
   * is none, and becomes dead.
   *
   * @param since from when the lease lasts, by this host's clock
   * @param end after which no renewal helps
   */
  protected final Optional<Lease> lease(
      Delivery delivery, Instant since, Duration duration, Instant end) {
    TaskId id = delivery.id();
    Receipt receipt = new Receipt(delivery.messageId(), end, delivery.handle());
    try {
      if (!delivery.isText()) {
        throw new InvalidPayloadException("expected UTF-8");
      }
      Lease lease =
          new Lease(
              id,
              Envelope.payload(delivery.body()),
              delivery.attempt(),
              since.plus(duration),
              receipt.toString());
      held.add(receipt, since);
      return Optional.of(lease);
    } catch (InvalidPayloadException e) {
      putAside(delivery, receipt, e);
      return Optional.empty();
    }
  }

  /** Trouble with one task keeps nobody from the others. */
  private void putAside(Delivery delivery, Receipt receipt, InvalidPayloadException why) {
    try {
      delivery.addToDead("not a task: " + why.getMessage());
      answers.awaitThroughInterrupts(end(receipt));
      log.warn(
          "{}: task {} cannot be read and is dead now: {}", url, delivery.id(), why.getMessage());
    } catch (IOException e) {
      log.warn(
          "{}: task {} cannot be read ({}), nor be put among the dead; passed over until its lease"
              + " ends: {}",
          url,
          delivery.id(),
          why.getMessage(),
          e.getMessage());
    }
  }

  @Override
  public final Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
    Arguments.positive("lease duration", duration);
    Receipt receipt = held.current(lease);
    // The service's clock runs from its answer on: ours begins before.
    Instant asked = clock.instant();
    Duration granted = extend(lease, receipt, duration);
    return new Lease(
        lease.id(), lease.payload(), lease.attempt(), asked.plus(granted), lease.receipt());
  }

  @Override
  public void release(Lease lease) throws IOException, LeaseLostException {
    unleased(lease, Duration.ZERO);
  }

  /** The service keeps no reason. */
  @Override
  public final void release(Lease lease, String reason) throws IOException, LeaseLostException {
    unleased(lease, Duration.ZERO);
  }

  /** The service keeps no reason. */
  @Override
  public final void fail(Lease lease, String reason, Duration retryIn)
      throws IOException, LeaseLostException {
    Arguments.notNegative("retryIn", retryIn);
    unleased(lease, retryIn);
  }

  private void unleased(Lease lease, Duration hidden) throws IOException, LeaseLostException {
    Receipt receipt = held.current(lease);
    hide(lease, receipt, hidden);
    held.remove(receipt);
  }

  /** The service counts nothing: the same as {@link #delete(Lease)}. */
  @Override
  public final void complete(Lease lease) throws IOException, LeaseLostException {
    delete(lease);
  }

  @Override
  public final void delete(Lease lease) throws IOException, LeaseLostException {
    Receipt receipt = held.current(lease);
    answers.of(end(receipt), lease);
    held.remove(receipt);
  }

  @Override
  public final List<Lease> completeEach(List<Lease> leases) throws IOException {
    return deleteEach(leases);
  }

  /** In batches: each joins others that are on their way. */
  @Override
  public final List<Lease> deleteEach(List<Lease> leases) throws IOException {
    return held.endEach(leases, this::end, answers::isDone);
  }

  /**
   * Puts the task among the dead and then deletes it: a process that is killed between leaves it in
   * both, and it is executed once more.
   */
  @Override
  public final void giveUp(Lease lease, String reason) throws IOException, LeaseLostException {
    Receipt receipt = held.current(lease);
    NewTask task = new NewTask(lease.id(), lease.payload(), Duration.ZERO);
    deadMessages().add(Envelope.of(task, url), reason, lease.attempt(), receipt.messageId());
    delete(lease);
  }

  /** Receives all that is dead, and gives it back: meant for thousands of tasks, not millions. */
  @Override
  public final Stream<TaskDetail> dead() throws IOException {
    List<TaskDetail> all = new ArrayList<>();
    deadMessages()
        .visit(
            letter -> {
              all.add(letter.detail());
              return false;
            });
    return all.stream();
  }

  @Override
  public final long retryDead(Predicate<? super TaskId> which) throws IOException {
    return deadMessages()
        .visit(
            letter -> {
              boolean picked = which.test(letter.id());
              if (picked) {
                resend(letter.task(), letter.messageId());
              }
              return picked;
            });
  }

  @Override
  public final long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return deadMessages().visit(letter -> which.test(letter.id()));
  }

  /** What nobody holds is leased and deleted; the rest stays. */
  protected final OptionalLong drained(int batch, Duration lease) throws IOException {
    return OptionalLong.of(Drain.all(this, batch, lease));
  }

  /** The service has removed everything. */
  protected final void forgetLeases() {
    held.clear();
  }

  // What the service cannot do.

  @Override
  public final Stream<TaskInfo> list() {
    throw cannot("list its tasks");
  }

  @Override
  public final Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) {
    throw cannot("list its tasks");
  }

  @Override
  public final Stream<TaskDetail> bodies(Predicate<? super TaskInfo> which) {
    throw cannot("list its tasks");
  }

  @Override
  public final Optional<TaskDetail> peek(TaskId id) {
    throw cannot("find a task by its id");
  }

  @Override
  public final List<Lease> lease(Set<TaskId> ids, Duration duration) {
    throw cannot("find a task by its id");
  }

  @Override
  public final long deleteById(Set<TaskId> ids) {
    throw cannot("find a task by its id");
  }

  @Override
  public final long completeById(Set<TaskId> ids) {
    throw cannot("find a task by its id");
  }

  @Override
  public final long releaseAll(Predicate<? super TaskInfo> which) {
    throw cannot("release what others hold");
  }

  @Override
  public final void rezero() {
    throw cannot("count what was inserted and completed");
  }

  private UnsupportedOperationException cannot(String what) {
    return new UnsupportedOperationException(url + ": the service cannot " + what);
  }

  @Override
  public final String toString() {
    return url;
  }
}
