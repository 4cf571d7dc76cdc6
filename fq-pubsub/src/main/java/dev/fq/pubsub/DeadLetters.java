package dev.fq.pubsub;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.ReceivedMessage;
import dev.fq.spi.Failure;
import dev.fq.spi.service.DeadMessages;
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
final class DeadLetters implements DeadMessages {

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

  @Override
  public void add(String body, String reason, int attempt, String messageId) throws IOException {
    add(ByteString.copyFromUtf8(body), reason, attempt);
  }

  /** The same, also for what is not UTF-8. */
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
  private record Received(PubsubMessage message, String ackId) implements Letter {
    @Override
    public String messageId() {
      return message.getMessageId();
    }

    @Override
    public String body() {
      return message.getData().toStringUtf8();
    }

    @Override
    public List<Failure> failures() {
      return failure().map(List::of).orElse(List.of());
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

  @Override
  public long visit(Visitor visitor) throws IOException {
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
      List<Received> letters = receive(subscription.get(), acknowledgements);
      while (!letters.isEmpty()) {
        letters.forEach(letter -> hidden.add(letter.ackId()));
        for (Received letter : letters) {
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

  private List<Received> receive(String subscription, Acknowledgements acknowledgements)
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
          .map(message -> new Received(message.getMessage(), message.getAckId()))
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
