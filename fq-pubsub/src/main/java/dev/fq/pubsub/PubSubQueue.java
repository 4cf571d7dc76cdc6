package dev.fq.pubsub;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.ReceivedMessage;
import com.google.pubsub.v1.SeekRequest;
import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.service.Drain;
import dev.fq.spi.service.HeldLeases;
import dev.fq.spi.service.Receipt;
import dev.fq.spi.service.ServiceQueue;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
 * A queue of Google Cloud Pub/Sub: a topic that tasks are published to, and a subscription that
 * they are leased from.
 *
 * <p>What it cannot do, since the service cannot: say how many tasks it has or whether it has any,
 * list its tasks or find one by its id, release what others hold, delay an insert. A lease lasts 10
 * seconds to 10 minutes at a time and is kept up by renewals; a failed task comes again after ten
 * minutes at the latest. The reason of a failed attempt is not kept; that of the last goes with the
 * dead task, up to a kilobyte of it. A task has at most 10 megabytes; a larger one is refused.
 *
 * <p>Whether a lease still counts is known on subscriptions with exactly-once delivery. On others
 * the service takes a word about a lease that has ended without saying whether it had an effect;
 * what this process itself has ended or leased again, it knows.
 *
 * <p>Attempts are the service's count of deliveries where the subscription has a dead-letter
 * policy, as those have that are made here. Elsewhere each process counts what it was given itself.
 */
public final class PubSubQueue implements ServiceQueue {

  private static final Logger log = LoggerFactory.getLogger(PubSubQueue.class);

  private static final Duration DRAINING_LEASE = Duration.ofSeconds(60);

  private final PubSubAddress address;
  private final Connection connection;
  private final boolean exactlyOnce;
  private final Clock clock;
  private final Sender sender;
  private final Puller puller;
  private final Acknowledgements acknowledgements;
  private final DeadLetters dead;
  private final HeldLeases held = new HeldLeases();
  private final Deliveries deliveries = new Deliveries();

  /**
   * @param exactlyOnce whether the subscription delivers exactly once
   * @param deadTopic where dead tasks go
   */
  PubSubQueue(
      PubSubAddress address,
      Connection connection,
      boolean exactlyOnce,
      String deadTopic,
      Clock clock,
      Puller.Poll poll)
      throws IOException {
    this.address = address;
    this.connection = connection;
    this.exactlyOnce = exactlyOnce;
    this.clock = clock;
    this.sender = new Sender(connection, address);
    this.puller = new Puller(connection.subscriptions(), clock, poll);
    this.acknowledgements =
        new Acknowledgements(
            connection.subscriptions(), address.subscription(), connection.timer());
    this.dead = new DeadLetters(connection, puller, deadTopic);
  }

  /**
   * How to open the queue at this address, with what its options say.
   *
   * @throws IllegalArgumentException if the address or an option is not understood
   */
  public static PubSubQueueBuilder at(QueueUrl url) {
    return new PubSubQueueBuilder(url);
  }

  @Override
  public String url() {
    return address.toString();
  }

  /**
   * Two subscriptions of one topic are one queue here: each gets what is published for the other.
   */
  @Override
  public boolean isSameAs(QueueBackend other) {
    return other instanceof PubSubQueue queue
        && address.server().equals(queue.address.server())
        && (address.topic().equals(queue.address.topic())
            || address.subscription().equals(queue.address.subscription()));
  }

  @Override
  public Set<Capability> capabilities() {
    return exactlyOnce ? Set.of(Capability.FENCING) : Set.of();
  }

  /** The service cannot tell whether an id is taken, and refuses none. */
  @Override
  public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
    sender.send(tasks);
    return Set.of();
  }

  @Override
  public Duration longestLease() {
    return Limits.LONGEST_LEASE;
  }

  @Override
  public List<Lease> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException {
    Arguments.ofLease(max, duration, wait);
    int seconds = Limits.secondsOfLease(duration);
    List<ReceivedMessage> messages = pull(max, wait);
    if (messages.isEmpty()) {
      return List.of();
    }
    // The service's clock runs from its answer on: ours begins before.
    Instant asked = clock.instant();
    Map<Integer, Throwable> lost = extendAll(messages, seconds);
    List<Lease> leases = new ArrayList<>();
    for (int place = 0; place < messages.size(); place++) {
      if (!lost.containsKey(place)) {
        lease(messages.get(place), asked, seconds).ifPresent(leases::add);
      }
    }
    return leases;
  }

  /**
   * Also for an interrupted thread: what it was given must reach it. What cannot be held for as
   * long as a worker needs it is given back.
   */
  private Map<Integer, Throwable> extendAll(List<ReceivedMessage> messages, int seconds)
      throws IOException {
    List<String> ackIds = messages.stream().map(ReceivedMessage::getAckId).toList();
    try {
      return Service.ANSWERS.awaitThroughInterrupts(acknowledgements.extendAll(ackIds, seconds));
    } catch (IOException e) {
      puller.giveBack(address.subscription(), messages);
      throw e;
    }
  }

  private List<ReceivedMessage> pull(int max, Duration wait)
      throws IOException, InterruptedException {
    try {
      return puller.pull(address.subscription(), max, wait);
    } catch (Service.NotFoundException e) {
      throw new NoQueueException(address + ": the subscription is gone", e);
    }
  }

  private Optional<Lease> lease(ReceivedMessage received, Instant asked, int seconds) {
    String messageId = received.getMessage().getMessageId();
    ByteString data = received.getMessage().getData();
    int attempt = deliveries.attempt(messageId, received.getDeliveryAttempt());
    String body = data.toStringUtf8();
    TaskId id = Envelope.id(body).orElse(new TaskId(messageId));
    try {
      if (!data.isValidUtf8()) {
        throw new InvalidPayloadException("expected UTF-8");
      }
      Receipt receipt = new Receipt(messageId, asked.plus(Limits.RETENTION), received.getAckId());
      Lease lease =
          new Lease(
              id, Envelope.payload(body), attempt, asked.plusSeconds(seconds), receipt.toString());
      held.add(receipt, asked);
      return Optional.of(lease);
    } catch (InvalidPayloadException e) {
      putAside(received, id, attempt, e);
      return Optional.empty();
    }
  }

  /** A task that cannot be read; trouble with it keeps nobody from the others. */
  private void putAside(
      ReceivedMessage received, TaskId id, int attempt, InvalidPayloadException why) {
    try {
      dead.add(received.getMessage().getData(), "not a task: " + why.getMessage(), attempt);
      Service.ANSWERS.awaitThroughInterrupts(acknowledgements.end(received.getAckId()));
      log.warn("{}: task {} cannot be read and is dead now: {}", address, id, why.getMessage());
    } catch (IOException e) {
      log.warn(
          "{}: task {} cannot be read ({}), nor be put among the dead; passed over until its lease"
              + " ends: {}",
          address,
          id,
          why.getMessage(),
          e.getMessage());
    }
  }

  @Override
  public Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
    int seconds = Limits.secondsOfLease(duration);
    Receipt receipt = held.current(lease);
    Instant asked = clock.instant();
    Service.ANSWERS.of(acknowledgements.extend(receipt.handle(), seconds), lease);
    return new Lease(
        lease.id(), lease.payload(), lease.attempt(), asked.plusSeconds(seconds), lease.receipt());
  }

  @Override
  public void release(Lease lease) throws IOException, LeaseLostException {
    unleased(lease, Duration.ZERO);
    deliveries.uncount(Receipt.of(lease).messageId());
  }

  /** The service keeps no reason; the delivery counts, since nothing else ends such a task. */
  @Override
  public void release(Lease lease, String reason) throws IOException, LeaseLostException {
    unleased(lease, Duration.ZERO);
  }

  /** The service keeps no reason, and a task back for ten minutes at most. */
  @Override
  public void fail(Lease lease, String reason, Duration retryIn)
      throws IOException, LeaseLostException {
    Arguments.notNegative("retryIn", retryIn);
    unleased(lease, retryIn);
  }

  private void unleased(Lease lease, Duration until) throws IOException, LeaseLostException {
    Receipt receipt = held.current(lease);
    Service.ANSWERS.of(
        acknowledgements.extend(receipt.handle(), Limits.secondsOfDelay(until)), lease);
    held.remove(receipt);
  }

  /** The service counts nothing: the same as {@link #delete(Lease)}. */
  @Override
  public void complete(Lease lease) throws IOException, LeaseLostException {
    delete(lease);
  }

  @Override
  public void delete(Lease lease) throws IOException, LeaseLostException {
    Receipt receipt = held.current(lease);
    Service.ANSWERS.of(acknowledgements.end(receipt.handle()), lease);
    held.remove(receipt);
    deliveries.forget(receipt.messageId());
  }

  @Override
  public long completeEach(List<Lease> leases) throws IOException {
    return deleteEach(leases);
  }

  /** In batches: each joins others that are on their way. */
  @Override
  public long deleteEach(List<Lease> leases) throws IOException {
    return held.endEach(
        leases, receipt -> acknowledgements.end(receipt.handle()), Service.ANSWERS::isDone);
  }

  /**
   * Puts the task among the dead and then ends it: a process that is killed between leaves it in
   * both, and it is executed once more.
   */
  @Override
  public void giveUp(Lease lease, String reason) throws IOException, LeaseLostException {
    held.current(lease);
    NewTask task = new NewTask(lease.id(), lease.payload(), Duration.ZERO);
    String body = Envelope.of(task, address.toString());
    dead.add(ByteString.copyFromUtf8(body), reason, lease.attempt());
    delete(lease);
  }

  /** The service tells none of them. */
  @Override
  public QueueStats stats() {
    OptionalLong unknown = OptionalLong.empty();
    return new QueueStats(unknown, unknown, unknown, unknown, unknown, unknown);
  }

  /**
   * What is leased or delayed stays, unless the address says {@code nativePurge=true}: then
   * everything goes that was published before now by this host's clock, and nobody says how many
   * that was.
   */
  @Override
  public OptionalLong purge() throws IOException {
    if (address.nativePurge()) {
      Instant now = clock.instant();
      Service.ANSWERS.of(
          connection
              .subscriptions()
              .seekCallable()
              .futureCall(
                  SeekRequest.newBuilder()
                      .setSubscription(address.subscription())
                      .setTime(
                          Timestamp.newBuilder()
                              .setSeconds(now.getEpochSecond())
                              .setNanos(now.getNano()))
                      .build()));
      held.clear();
      return OptionalLong.empty();
    }
    return OptionalLong.of(Drain.all(this, Limits.MESSAGES_PER_REQUEST, DRAINING_LEASE));
  }

  /** Receives all that is dead, and gives it back: meant for thousands of tasks, not millions. */
  @Override
  public Stream<TaskDetail> dead() throws IOException {
    List<TaskDetail> all = new ArrayList<>();
    dead.visit(
        letter -> {
          all.add(letter.detail());
          return false;
        });
    return all.stream();
  }

  @Override
  public long retryDead(Predicate<? super TaskId> which) throws IOException {
    return dead.visit(
        letter -> {
          boolean picked = which.test(letter.id());
          if (picked) {
            sender.send(List.of(letter.task()));
          }
          return picked;
        });
  }

  @Override
  public long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return dead.visit(letter -> which.test(letter.id()));
  }

  @Override
  public void close() {
    puller.close();
    sender.close();
    connection.close();
  }

  @Override
  public String toString() {
    return url();
  }
}
