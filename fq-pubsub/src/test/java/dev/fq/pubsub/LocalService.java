package dev.fq.pubsub;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.GetSubscriptionRequest;
import com.google.pubsub.v1.ListTopicSubscriptionsRequest;
import com.google.pubsub.v1.ListTopicSubscriptionsResponse;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PublishResponse;
import com.google.pubsub.v1.PublisherGrpc;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.ReceivedMessage;
import com.google.pubsub.v1.SeekRequest;
import com.google.pubsub.v1.SeekResponse;
import com.google.pubsub.v1.SubscriberGrpc;
import com.google.pubsub.v1.Subscription;
import com.google.pubsub.v1.Topic;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pub/Sub in this process, by the test's clock, as far as fq needs it: topics, subscriptions with
 * acknowledgement deadlines, redelivery, dead-letter policies, exactly-once delivery and seek. What
 * it does is what {@link PubSubCases} says, which Google's emulator passes too.
 */
final class LocalService implements AutoCloseable {

  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);
  private static final int LONGEST_DEADLINE = 600;
  private static final String ACK_ID = "delivery-";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Server server;
  private final Duration patience;

  // Guarded by this.
  private final Map<String, Topic> topics = new TreeMap<>();
  private final Map<String, Backlog> backlogs = new TreeMap<>();
  private final Map<String, String> failures = new HashMap<>();
  private final Map<String, Deque<Status>> refusals = new HashMap<>();
  private Clock clock;
  private long published;
  private long delivered;

  /**
   * @param patience how long a pull waits for a message; the real service's is bounded too
   */
  LocalService(Clock clock, Duration patience) throws IOException {
    this.clock = clock;
    this.patience = patience;
    this.server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .executor(threads)
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .addService(new Publishing())
            .addService(new Subscribing())
            .build()
            .start();
  }

  synchronized void clock(Clock time) {
    clock = time;
  }

  /** The next call of this kind that nothing else is said of answers this. */
  synchronized void refuse(String call, Status answer) {
    refusals.computeIfAbsent(call, each -> new ArrayDeque<>()).add(answer);
  }

  /** The next word about this delivery fails, as where delivery is exactly once. */
  synchronized void fail(String ackId, String why) {
    failures.put(ackId, why);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    threads.shutdownNow();
  }

  /** A message of one subscription. */
  private static final class Entry {
    final PubsubMessage message;
    int deliveries;
    @Nullable String ackId;
    Instant availableAt;

    Entry(PubsubMessage message) {
      this.message = message;
      this.availableAt = Instant.MIN;
    }
  }

  /** What a subscription has not had acknowledged. */
  private static final class Backlog {
    final Subscription subscription;
    final List<Entry> entries = new ArrayList<>();

    Backlog(Subscription subscription) {
      this.subscription = subscription;
    }

    Duration deadline() {
      return subscription.getAckDeadlineSeconds() == 0
          ? DEFAULT_DEADLINE
          : Duration.ofSeconds(subscription.getAckDeadlineSeconds());
    }

    boolean countsDeliveries() {
      return subscription.hasDeadLetterPolicy();
    }
  }

  private synchronized <T> void answer(String call, StreamObserver<T> observer, Supplier<T> work) {
    try {
      throwRefusal(call);
      T result = work.get();
      observer.onNext(result);
      observer.onCompleted();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
    }
  }

  private void throwRefusal(String call) {
    Status refusal = refusals.getOrDefault(call, new ArrayDeque<>()).pollFirst();
    if (refusal != null) {
      throw refusal.asRuntimeException();
    }
  }

  private Backlog backlog(String subscription) {
    Backlog backlog = backlogs.get(subscription);
    if (backlog == null) {
      throw notFound(subscription);
    }
    return backlog;
  }

  private void requireTopic(String topic) {
    if (!topics.containsKey(topic)) {
      throw notFound(topic);
    }
  }

  private static StatusRuntimeException notFound(String what) {
    return Status.NOT_FOUND.withDescription("no " + what).asRuntimeException();
  }

  private static StatusRuntimeException alreadyExists(String what) {
    return Status.ALREADY_EXISTS.withDescription("there is " + what).asRuntimeException();
  }

  private static StatusRuntimeException invalid(String why) {
    return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
  }

  /** Publishes what is no task. */
  synchronized void publish(String topic, String text) {
    publish(topic, PubsubMessage.newBuilder().setData(ByteString.copyFromUtf8(text)).build());
  }

  private String publish(String topic, PubsubMessage message) {
    Instant now = clock.instant();
    published++;
    PubsubMessage kept =
        message.toBuilder()
            .setMessageId(Long.toString(published))
            .setPublishTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .build();
    for (Backlog backlog : backlogs.values()) {
      if (backlog.subscription.getTopic().equals(topic)) {
        backlog.entries.add(new Entry(kept));
      }
    }
    notifyAll();
    return kept.getMessageId();
  }

  /** The service's own thread may wait here until there is something. */
  private synchronized PullResponse pull(PullRequest request) throws InterruptedException {
    throwRefusal("pull");
    Instant end = Instant.now().plus(patience);
    while (true) {
      if (Context.current().isCancelled()) {
        return PullResponse.getDefaultInstance();
      }
      PullResponse response = take(backlog(request.getSubscription()), request.getMaxMessages());
      boolean isOver = !Instant.now().isBefore(end);
      if (response.getReceivedMessagesCount() > 0 || isOver) {
        return response;
      }
      wait(20);
    }
  }

  private PullResponse take(Backlog backlog, int max) {
    if (max < 1) {
      throw invalid("max_messages must be positive");
    }
    forwardWhatFailedTooOften(backlog);
    PullResponse.Builder response = PullResponse.newBuilder();
    for (Entry entry : backlog.entries) {
      if (response.getReceivedMessagesCount() < max && isAvailable(entry)) {
        delivered++;
        entry.deliveries++;
        entry.ackId = ACK_ID + delivered;
        entry.availableAt = clock.instant().plus(backlog.deadline());
        response.addReceivedMessages(
            ReceivedMessage.newBuilder()
                .setAckId(entry.ackId)
                .setMessage(entry.message)
                .setDeliveryAttempt(backlog.countsDeliveries() ? entry.deliveries : 0));
      }
    }
    return response.build();
  }

  private boolean isAvailable(Entry entry) {
    return !entry.availableAt.isAfter(clock.instant());
  }

  private void forwardWhatFailedTooOften(Backlog backlog) {
    if (!backlog.countsDeliveries()) {
      return;
    }
    int most = backlog.subscription.getDeadLetterPolicy().getMaxDeliveryAttempts();
    String deadTopic = backlog.subscription.getDeadLetterPolicy().getDeadLetterTopic();
    Predicate<Entry> tooOften = entry -> entry.deliveries >= most && isAvailable(entry);
    List<Entry> dying = backlog.entries.stream().filter(tooOften).toList();
    backlog.entries.removeAll(dying);
    for (Entry entry : dying) {
      publish(
          deadTopic,
          entry.message.toBuilder()
              .putAttributes(DeadLetters.FORWARDED, Integer.toString(entry.deliveries))
              .build());
    }
  }

  private @Nullable Entry entry(Backlog backlog, String ackId) {
    if (!ackId.startsWith(ACK_ID)) {
      throw invalid("invalid ack id");
    }
    return backlog.entries.stream()
        .filter(entry -> ackId.equals(entry.ackId))
        .findFirst()
        .orElse(null);
  }

  /** Does this to what these deliveries are of; tells of those that no longer count, if it does. */
  private void forEach(String subscription, List<String> ackIds, Step step) {
    Backlog backlog = backlog(subscription);
    Map<String, String> failed = new HashMap<>();
    for (String ackId : ackIds) {
      Entry entry = entry(backlog, ackId);
      String failure = failures.remove(ackId);
      if (failure != null) {
        failed.put(ackId, failure);
        continue;
      }
      boolean exactlyOnce = backlog.subscription.getEnableExactlyOnceDelivery();
      if (entry != null && !(exactlyOnce && isAvailable(entry))) {
        step.on(backlog, entry);
      } else if (exactlyOnce) {
        failed.put(ackId, "PERMANENT_FAILURE_INVALID_ACK_ID");
      }
    }
    if (!failed.isEmpty()) {
      throw someFailed(failed);
    }
    notifyAll();
  }

  /** What the service answers where delivery is exactly once and these do not count. */
  private static StatusRuntimeException someFailed(Map<String, String> failed) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(Code.FAILED_PRECONDITION_VALUE)
            .setMessage("some acknowledgement ids are invalid")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason("EXACTLY_ONCE_ACKID_FAILURE")
                        .setDomain("pubsub.googleapis.com")
                        .putAllMetadata(failed)
                        .build()))
            .build());
  }

  private interface Step {
    void on(Backlog backlog, Entry entry);
  }

  private final class Publishing extends PublisherGrpc.PublisherImplBase {

    @Override
    public void createTopic(Topic request, StreamObserver<Topic> observer) {
      answer(
          "createTopic",
          observer,
          () -> {
            if (topics.putIfAbsent(request.getName(), request) != null) {
              throw alreadyExists(request.getName());
            }
            return request;
          });
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
      answer(
          "publish",
          observer,
          () -> {
            requireTopic(request.getTopic());
            PublishResponse.Builder response = PublishResponse.newBuilder();
            request
                .getMessagesList()
                .forEach(
                    message ->
                        response.addMessageIds(
                            LocalService.this.publish(request.getTopic(), message)));
            return response.build();
          });
    }

    @Override
    public void listTopicSubscriptions(
        ListTopicSubscriptionsRequest request,
        StreamObserver<ListTopicSubscriptionsResponse> observer) {
      answer(
          "listTopicSubscriptions",
          observer,
          () -> {
            requireTopic(request.getTopic());
            return ListTopicSubscriptionsResponse.newBuilder()
                .addAllSubscriptions(
                    backlogs.values().stream()
                        .map(backlog -> backlog.subscription)
                        .filter(each -> each.getTopic().equals(request.getTopic()))
                        .map(Subscription::getName)
                        .toList())
                .build();
          });
    }
  }

  private final class Subscribing extends SubscriberGrpc.SubscriberImplBase {

    @Override
    public void createSubscription(Subscription request, StreamObserver<Subscription> observer) {
      answer(
          "createSubscription",
          observer,
          () -> {
            requireTopic(request.getTopic());
            if (backlogs.putIfAbsent(request.getName(), new Backlog(request)) != null) {
              throw alreadyExists(request.getName());
            }
            return request;
          });
    }

    @Override
    public void getSubscription(
        GetSubscriptionRequest request, StreamObserver<Subscription> observer) {
      answer("getSubscription", observer, () -> backlog(request.getSubscription()).subscription);
    }

    @Override
    public void pull(PullRequest request, StreamObserver<PullResponse> observer) {
      try {
        observer.onNext(LocalService.this.pull(request));
        observer.onCompleted();
      } catch (StatusRuntimeException e) {
        observer.onError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void acknowledge(AcknowledgeRequest request, StreamObserver<Empty> observer) {
      answer(
          "acknowledge",
          observer,
          () -> {
            forEach(
                request.getSubscription(),
                request.getAckIdsList(),
                (backlog, entry) -> backlog.entries.remove(entry));
            return Empty.getDefaultInstance();
          });
    }

    @Override
    public void modifyAckDeadline(
        ModifyAckDeadlineRequest request, StreamObserver<Empty> observer) {
      answer(
          "modifyAckDeadline",
          observer,
          () -> {
            int seconds = request.getAckDeadlineSeconds();
            if (seconds < 0 || seconds > LONGEST_DEADLINE) {
              throw invalid("ack_deadline_seconds: 0 to 600");
            }
            forEach(
                request.getSubscription(),
                request.getAckIdsList(),
                (backlog, entry) -> entry.availableAt = clock.instant().plusSeconds(seconds));
            return Empty.getDefaultInstance();
          });
    }

    @Override
    public void seek(SeekRequest request, StreamObserver<SeekResponse> observer) {
      answer(
          "seek",
          observer,
          () -> {
            Instant time =
                Instant.ofEpochSecond(request.getTime().getSeconds(), request.getTime().getNanos());
            backlog(request.getSubscription())
                .entries
                .removeIf(entry -> !publishTime(entry).isAfter(time));
            return SeekResponse.getDefaultInstance();
          });
    }
  }

  private static Instant publishTime(Entry entry) {
    Timestamp time = entry.message.getPublishTime();
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
