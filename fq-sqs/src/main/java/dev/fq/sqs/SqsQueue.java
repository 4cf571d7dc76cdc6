package dev.fq.sqs;

import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.service.Batcher;
import dev.fq.spi.service.DeadMessages;
import dev.fq.spi.service.Delivery;
import dev.fq.spi.service.Gathering;
import dev.fq.spi.service.Receipt;
import dev.fq.spi.service.ServiceQueue;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/**
 * A queue of Amazon SQS, or of a server that speaks its protocol.
 *
 * <p>What it cannot do, since the service cannot: list its tasks or find one by its id, release
 * what others hold, count what was inserted and completed. Its figures are estimates. The reason of
 * a failed attempt is not kept; that of the last goes with the dead task. A lease lasts twelve
 * hours with all its renewals, a delay fifteen minutes, a task has at most a mebibyte; more is
 * refused. A receipt that another holder has made void may still be taken by the service without a
 * word.
 *
 * <p>A task that is given up moves to the queue that the redrive policy names, else to the one that
 * the option {@code dead} names, else to {@code NAME-dead}, which is made when it is needed.
 */
public final class SqsQueue extends ServiceQueue {

  private static final Duration BATCHING = Duration.ofMillis(10);

  /** Seconds for which nobody else is to see a message that is given back. */
  private static final int AVAILABLE = 0;

  private static final Duration DRAINING_LEASE = Duration.ofSeconds(30);

  /** How long a receive is to wait; tests let their clock jump instead. */
  interface Poll {
    int seconds(Duration wait);
  }

  private final SqsAddress address;
  private final String queueUrl;
  private final Connection connection;
  private final SqsAsyncClient client;
  private final ScheduledExecutorService timer;
  private final Batcher<String> deletions;
  private final Batcher<Hiding> hidings;
  private final Clock clock;
  private final Poll poll;
  private final Sender sender;
  private final Receiver receiver;
  private final DeadQueue dead;

  SqsQueue(SqsAddress address, String queueUrl, Connection connection, Clock clock, Poll poll) {
    super(address.toString(), Service.ANSWERS, clock);
    this.address = address;
    this.queueUrl = queueUrl;
    this.connection = connection;
    this.client = connection.client();
    this.clock = clock;
    this.poll = poll;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "fq-sqs-batches");
              thread.setDaemon(true);
              return thread;
            });
    this.deletions = new Batcher<>(this::deleteBatch, timer, BATCHING, Limits.BATCH_ENTRIES);
    this.hidings = new Batcher<>(this::hideBatch, timer, BATCHING, Limits.BATCH_ENTRIES);
    this.sender = new Sender(client, queueUrl, address);
    this.receiver =
        new Receiver(
            client, queueUrl, address, handle -> hidings.call(new Hiding(handle, AVAILABLE)));
    this.dead = new DeadQueue(client, queueUrl, address, poll, clock);
  }

  /**
   * How to open the queue at this address, with what its options say.
   *
   * @throws IllegalArgumentException if the address or an option is not understood
   */
  public static SqsQueueBuilder at(QueueUrl url) {
    return new SqsQueueBuilder(url);
  }

  /** How to open the queue of this name. */
  public static SqsQueueBuilder named(String name) {
    return new SqsQueueBuilder(QueueUrl.parse("sqs://" + name));
  }

  /** By what the service calls it, and where that is. */
  @Override
  public boolean isSameAs(QueueBackend other) throws IOException {
    return other instanceof SqsQueue queue
        && address.server().equals(queue.address.server())
        && arn().equals(queue.arn());
  }

  private String arn() throws IOException {
    return figures(queueUrl, QueueAttributeName.QUEUE_ARN)
        .getOrDefault(QueueAttributeName.QUEUE_ARN, queueUrl);
  }

  @Override
  public Set<Capability> capabilities() {
    return address.isFifo() ? SqsQueueProvider.CAPABILITIES_OF_FIFO : SqsQueueProvider.CAPABILITIES;
  }

  @Override
  protected void send(List<NewTask> tasks) throws IOException {
    sender.send(tasks);
  }

  @Override
  protected void resend(NewTask task, String messageId) throws IOException {
    sender.resend(task, messageId);
  }

  @Override
  public List<Lease> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException {
    Arguments.ofLease(max, duration, wait);
    Limits.requireLease(duration);
    if (Thread.interrupted()) {
      // The SDK would refuse to ask, in words of its own.
      throw new InterruptedException("interrupted before anything was leased");
    }
    Gathering leases = new Gathering(url());
    leases.take(() -> receive(Math.min(max, Limits.BATCH_ENTRIES), duration, wait, leases));
    // A full answer: there may be more, and nobody need wait for it.
    int before = 0;
    while (leases.isWell()
        && mayBeMore(leases.size(), before, max)
        && !Thread.currentThread().isInterrupted()) {
      before = leases.size();
      receiveMore(max - before, duration, leases);
    }
    return leases.result();
  }

  private static boolean mayBeMore(int received, int before, int max) {
    return received > before && received < max && received % Limits.BATCH_ENTRIES == 0;
  }

  private void receiveMore(int max, Duration duration, Gathering leases) {
    int requests = (max + Limits.BATCH_ENTRIES - 1) / Limits.BATCH_ENTRIES;
    List<CompletableFuture<ReceiveMessageResponse>> answers =
        IntStream.range(0, requests)
            .mapToObj(i -> Math.min(Limits.BATCH_ENTRIES, max - i * Limits.BATCH_ENTRIES))
            .map(count -> receiver.ask(count, duration, 0))
            .toList();
    for (CompletableFuture<ReceiveMessageResponse> answer : answers) {
      leases.take(() -> lease(answer, duration, leases));
    }
  }

  private void receive(int max, Duration duration, Duration wait, Gathering leases)
      throws IOException, InterruptedException {
    Instant end = clock.instant().plus(wait);
    do {
      Duration rest = Duration.between(clock.instant(), end);
      int seconds = poll.seconds(rest.isNegative() ? Duration.ZERO : rest);
      lease(receiver.ask(max, duration, seconds), duration, leases);
    } while (leases.size() == 0 && clock.instant().isBefore(end));
  }

  private void lease(
      CompletableFuture<ReceiveMessageResponse> answer, Duration duration, Gathering leases)
      throws IOException, InterruptedException {
    // The service's clock runs from its answer on: ours began before.
    Instant received = clock.instant();
    for (Message message : receiver.messages(answer)) {
      Duration whole = Duration.ofSeconds(Limits.seconds(duration));
      lease(new Received(message), received, whole, received.plus(Limits.LONGEST_LEASE))
          .ifPresent(leases::add);
    }
  }

  /** A message as the service has handed it out. */
  private final class Received implements Delivery {
    private final Message message;

    Received(Message message) {
      this.message = message;
    }

    @Override
    public String messageId() {
      return message.messageId();
    }

    @Override
    public String handle() {
      return message.receiptHandle();
    }

    @Override
    public int attempt() {
      return Integer.parseInt(
          message
              .attributes()
              .getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1"));
    }

    @Override
    public String body() {
      return message.body();
    }

    /** The service takes nothing else. */
    @Override
    public boolean isText() {
      return true;
    }

    @Override
    public void addToDead(String reason) throws IOException {
      dead.add(body(), reason, attempt(), messageId());
    }
  }

  @Override
  protected Duration extend(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException {
    Limits.requireLease(time);
    return Duration.ofSeconds(hidden(lease, receipt, time));
  }

  @Override
  protected void hide(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException {
    hidden(lease, receipt, time);
  }

  /** Hides the task this long from now, or as long as the service lets it be hidden at all. */
  private int hidden(Lease lease, Receipt receipt, Duration time)
      throws IOException, LeaseLostException {
    Duration rest = Duration.between(clock.instant(), receipt.end());
    if (rest.compareTo(Duration.ofSeconds(1)) < 0 && !time.isZero()) {
      throw new LeaseLostException(lease);
    }
    int seconds =
        time.compareTo(rest) < 0 ? Limits.seconds(time) : (int) Math.max(0, rest.toSeconds());
    Service.ANSWERS.of(hidings.call(new Hiding(receipt.handle(), seconds)), lease);
    return seconds;
  }

  /**
   * A message to be hidden from others.
   *
   * @param receipt its receipt handle
   * @param seconds how long from now
   */
  private record Hiding(String receipt, int seconds) {}

  private CompletableFuture<Map<Integer, Throwable>> hideBatch(List<Hiding> messages) {
    List<ChangeMessageVisibilityBatchRequestEntry> entries =
        IntStream.range(0, messages.size())
            .mapToObj(
                i ->
                    ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(messages.get(i).receipt)
                        .visibilityTimeout(messages.get(i).seconds)
                        .build())
            .toList();
    return client
        .changeMessageVisibilityBatch(request -> request.queueUrl(queueUrl).entries(entries))
        .thenApply(ChangeMessageVisibilityBatchResponse::failed)
        .thenApply(Service::failures);
  }

  @Override
  protected CompletableFuture<?> end(Receipt receipt) {
    return deletions.call(receipt.handle());
  }

  @Override
  protected DeadMessages deadMessages() {
    return dead;
  }

  /** The service's figures come late: about a minute, it says. */
  @Override
  public Duration emptyAfter() {
    return address.emptyAfter();
  }

  @Override
  public QueueStats stats() throws IOException {
    Map<QueueAttributeName, String> figures =
        figures(
            queueUrl,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    return new QueueStats(
        number(figures, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES),
        number(figures, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED),
        number(figures, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE),
        OptionalLong.of(deadTasks()),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private long deadTasks() throws IOException {
    Optional<String> url = dead.url();
    if (url.isEmpty()) {
      return 0;
    }
    QueueAttributeName wanted = QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES;
    return number(figures(url.get(), wanted), wanted).orElse(0);
  }

  private Map<QueueAttributeName, String> figures(String url, QueueAttributeName... names)
      throws IOException {
    try {
      return Service.ANSWERS
          .of(client.getQueueAttributes(request -> request.queueUrl(url).attributeNames(names)))
          .attributes();
    } catch (Service.QueueGoneException e) {
      throw new NoQueueException(address + ": the queue is gone", e);
    }
  }

  private static OptionalLong number(
      Map<QueueAttributeName, String> figures, QueueAttributeName name) {
    return OptionalLong.of(Long.parseLong(figures.getOrDefault(name, "0")));
  }

  /** Unless the address says {@code nativePurge=true}, what is leased or delayed stays. */
  @Override
  public OptionalLong purge() throws IOException {
    if (address.nativePurge()) {
      OptionalLong about = stats().enqueued();
      Service.ANSWERS.of(client.purgeQueue(request -> request.queueUrl(queueUrl)));
      return about;
    }
    int batch = Limits.BATCH_ENTRIES * Limits.BATCH_ENTRIES;
    return drained(batch, DRAINING_LEASE);
  }

  private CompletableFuture<Map<Integer, Throwable>> deleteBatch(List<String> handles) {
    List<DeleteMessageBatchRequestEntry> entries =
        IntStream.range(0, handles.size())
            .mapToObj(
                i ->
                    DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(handles.get(i))
                        .build())
            .toList();
    return client
        .deleteMessageBatch(request -> request.queueUrl(queueUrl).entries(entries))
        .thenApply(DeleteMessageBatchResponse::failed)
        .thenApply(Service::failures);
  }

  @Override
  public void close() {
    receiver.close();
    connection.close();
    timer.shutdown();
  }
}
