package dev.fq.pubsub;

import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.ReceivedMessage;
import com.google.pubsub.v1.SeekRequest;
import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.service.DeadMessages;
import dev.fq.spi.service.Delivery;
import dev.fq.spi.service.Receipt;
import dev.fq.spi.service.ServiceQueue;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

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
public final class PubSubQueue extends ServiceQueue {

  private static final Duration DRAINING_LEASE = Duration.ofSeconds(60);

  private final PubSubAddress address;
  private final Connection connection;
  private final boolean exactlyOnce;
  private final Clock clock;
  private final Sender sender;
  private final Puller puller;
  private final Acknowledgements acknowledgements;
  private final DeadLetters dead;
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
    super(address.toString(), Service.ANSWERS, clock);
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

  @Override
  protected void send(List<NewTask> tasks) throws IOException {
    sender.send(tasks);
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
        lease(
                new Received(messages.get(place)),
                asked,
                Duration.ofSeconds(seconds),
                asked.plus(Limits.RETENTION))
            .ifPresent(leases::add);
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

  /** A message as the service has handed it out. */
  private final class Received implements Delivery {
    private final ReceivedMessage received;
    private final int attempt;

    Received(ReceivedMessage received) {
      this.received = received;
      this.attempt = deliveries.attempt(messageId(), received.getDeliveryAttempt());
    }

    @Override
    public String messageId() {
      return received.getMessage().getMessageId();
    }

    @Override
    public String handle() {
      return received.getAckId();
    }

    @Override
    public int attempt() {
      return attempt;
    }

    @Override
    public String body() {
      return received.getMessage().getData().toStringUtf8();
    }

    @Override
    public boolean isText() {
      return received.getMessage().getData().isValidUtf8();
    }

    @Override
    public void addToDead(String reason) throws IOException {
      dead.add(received.getMessage().getData(), reason, attempt);
    }
  }

  @Override
  protected Duration extend(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException {
    return hidden(lease, receipt, Limits.secondsOfLease(time));
  }

  /** A task is kept back for ten minutes at most. */
  @Override
  protected void hide(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException {
    hidden(lease, receipt, Limits.secondsOfDelay(time));
  }

  private Duration hidden(Lease lease, Receipt receipt, int seconds)
      throws IOException, LeaseLostException {
    Service.ANSWERS.of(acknowledgements.extend(receipt.handle(), seconds), lease);
    return Duration.ofSeconds(seconds);
  }

  /** The delivery counts only when a reason is given, since nothing else ends such a task. */
  @Override
  public void release(Lease lease) throws IOException, LeaseLostException {
    super.release(lease);
    deliveries.uncount(Receipt.of(lease).messageId());
  }

  @Override
  protected CompletableFuture<?> end(Receipt receipt) {
    return acknowledgements
        .end(receipt.handle())
        .thenRun(() -> deliveries.forget(receipt.messageId()));
  }

  @Override
  protected DeadMessages deadMessages() {
    return dead;
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
      forgetLeases();
      return OptionalLong.empty();
    }
    return drained(Limits.MESSAGES_PER_REQUEST, DRAINING_LEASE);
  }

  @Override
  public void close() {
    puller.close();
    sender.close();
    connection.close();
  }
}
