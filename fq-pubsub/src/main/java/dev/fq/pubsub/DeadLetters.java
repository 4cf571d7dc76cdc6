package dev.fq.pubsub;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.ReceivedMessage;
import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.NewTask;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where dead tasks go: the topic that the subscription's dead-letter policy names, else the one
 * that the address names, else {@code T-dead}. A topic keeps nothing by itself: a subscription
 * does, and one of the topic's name is made when there is none.
 */
final class DeadLetters {

  /** Attributes of a dead task. */
  static final String REASON = "fq.reason";

  static final String ATTEMPT = "fq.attempt";

  /**
   * What the service adds to a message that it forwards by a policy.
   *
   * @see <a href="https://cloud.google.com/pubsub/docs/handling-failures">Handle message
   *     failures</a>
   */
  static final String FORWARDED = "CloudPubSubDeadLetterSourceDeliveryCount";

  private final Connection connection;
  private final Admin admin;
  private final Puller puller;
  private final String topic;
  private volatile @Nullable String known;

  DeadLetters(Connection connection, Puller puller, String topic) {
    this.connection = connection;
    this.admin = new Admin(connection);
    this.puller = puller;
    this.topic = topic;
  }

  /** The subscription that keeps them, or empty when nothing was dead yet. */
  private Optional<String> subscription() throws IOException {
    if (known == null) {
      known = admin.findKeeper(topic).orElse(null);
    }
    return Optional.ofNullable(known);
  }

  /** Puts a task there, as it was. */
  void add(ByteString body, String reason, int attempt) throws IOException {
    if (known == null) {
      known = admin.makeKeeper(topic);
    }
    PubsubMessage message =
        PubsubMessage.newBuilder()
            .setData(body)
            .putAttributes(REASON, shortened(reason))
            .putAttributes(ATTEMPT, Integer.toString(attempt))
            .build();
    Service.ANSWERS.of(
        connection
            .topics()
            .publishCallable()
            .futureCall(PublishRequest.newBuilder().setTopic(topic).addMessages(message).build()));
  }

  /** To what an attribute may have; never half a character. */
  private static String shortened(String reason) {
    String text = reason;
    while (ByteString.copyFromUtf8(text).size() > Limits.ATTRIBUTE_BYTES) {
      int bytes = ByteString.copyFromUtf8(text).size();
      int rest = Math.min(text.length() - 1, text.length() * Limits.ATTRIBUTE_BYTES / bytes);
      text = text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, rest)));
    }
    return text;
  }

  /** A dead task as it was received. */
  record Letter(PubsubMessage message, String ackId) {
    private String body() {
      return message.getData().toStringUtf8();
    }

    TaskId id() {
      return Envelope.id(body()).orElse(new TaskId(message.getMessageId()));
    }

    /** The same task, to be sent once more. */
    NewTask task() throws IOException {
      return new NewTask(id(), Envelope.payload(body()), Duration.ZERO);
    }

    TaskDetail detail() {
      TaskInfo info = new TaskInfo(id(), TaskState.DEAD, Instant.EPOCH, 0, null);
      return new TaskDetail(info, body(), failure().map(List::of).orElse(List.of()));
    }

    private Optional<Failure> failure() {
      Instant at =
          Instant.ofEpochSecond(
              message.getPublishTime().getSeconds(), message.getPublishTime().getNanos());
      String forwarded = message.getAttributesOrDefault(FORWARDED, "");
      String reason = message.getAttributesOrDefault(REASON, "");
      if (!reason.isEmpty()) {
        return Optional.of(new Failure(number(message, ATTEMPT), "", at, reason));
      }
      return forwarded.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Failure(
                  number(message, FORWARDED),
                  "",
                  at,
                  "forwarded by the subscription's dead-letter policy"));
    }

    private static int number(PubsubMessage message, String attribute) {
      String text = message.getAttributesOrDefault(attribute, "");
      return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }
  }

  /** What to do with a dead task; whether to delete it. */
  interface Visitor {
    boolean isToBeDeleted(Letter letter) throws IOException;
  }

  /**
   * Shows every dead task once, hides it meanwhile, and gives back what is not to be deleted.
   *
   * @return how many were deleted
   */
  long visit(Visitor visitor) throws IOException {
    Optional<String> subscription = subscription();
    if (subscription.isEmpty()) {
      return 0;
    }
    Acknowledgements acknowledgements =
        new Acknowledgements(connection.subscriptions(), subscription.get(), connection.timer());
    // Those that are hidden, also when the visitor fails midway.
    Set<String> hidden = new LinkedHashSet<>();
    List<CompletableFuture<Void>> deleted = new ArrayList<>();
    try {
      List<Letter> letters = receive(subscription.get(), acknowledgements);
      while (!letters.isEmpty()) {
        letters.forEach(letter -> hidden.add(letter.ackId()));
        for (Letter letter : letters) {
          if (visitor.isToBeDeleted(letter)) {
            deleted.add(acknowledgements.end(letter.ackId()));
            hidden.remove(letter.ackId());
          }
        }
        letters = receive(subscription.get(), acknowledgements);
      }
    } finally {
      giveBack(hidden, acknowledgements);
    }
    long count = 0;
    for (CompletableFuture<Void> deletion : deleted) {
      count += Service.ANSWERS.isDone(deletion) ? 1 : 0;
    }
    return count;
  }

  private List<Letter> receive(String subscription, Acknowledgements acknowledgements)
      throws IOException {
    try {
      List<ReceivedMessage> messages =
          puller.pull(subscription, Limits.MESSAGES_PER_REQUEST, Duration.ZERO);
      List<String> ackIds = messages.stream().map(ReceivedMessage::getAckId).toList();
      if (!ackIds.isEmpty()) {
        Service.ANSWERS.await(
            acknowledgements.extendAll(ackIds, Limits.secondsOfDelay(Limits.LONGEST_LEASE)));
      }
      return messages.stream()
          .map(message -> new Letter(message.getMessage(), message.getAckId()))
          .toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading dead tasks", e);
    }
  }

  private static void giveBack(Set<String> ackIds, Acknowledgements acknowledgements)
      throws IOException {
    List<CompletableFuture<Void>> answers =
        ackIds.stream().map(ackId -> acknowledgements.extend(ackId, 0)).toList();
    for (CompletableFuture<Void> answer : answers) {
      Service.ANSWERS.isDone(answer);
    }
  }
}
