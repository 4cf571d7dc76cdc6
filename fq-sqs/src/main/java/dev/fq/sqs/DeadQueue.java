package dev.fq.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fq.spi.Failure;
import dev.fq.spi.service.DeadMessages;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Where dead tasks go: the queue that the redrive policy names, else the one that the address
 * names, else {@code NAME-dead}, which is made when it is needed.
 */
final class DeadQueue implements DeadMessages {

  /** Message attributes of a dead task; their bytes count as the message's. */
  static final String REASON = "fq.reason";

  static final String ATTEMPT = "fq.attempt";

  private static final int MAX_REASON_LENGTH = 2_000;

  /** Long enough to look at all of them. */
  private static final Duration HIDDEN = Duration.ofMinutes(5);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final SqsAsyncClient client;
  private final String queueUrl;
  private final SqsAddress address;
  private final SqsQueue.Poll poll;
  private final Clock clock;
  private volatile @Nullable String known;

  DeadQueue(
      SqsAsyncClient client, String queueUrl, SqsAddress address, SqsQueue.Poll poll, Clock clock) {
    this.client = client;
    this.poll = poll;
    this.clock = clock;
    this.queueUrl = queueUrl;
    this.address = address;
  }

  /** Its URL, or empty when nothing was dead yet. */
  Optional<String> url() throws IOException {
    if (known == null) {
      known = find().orElse(null);
    }
    return Optional.ofNullable(known);
  }

  private Optional<String> find() throws IOException {
    String policy =
        Service.ANSWERS
            .of(
                client.getQueueAttributes(
                    request ->
                        request
                            .queueUrl(queueUrl)
                            .attributeNames(QueueAttributeName.REDRIVE_POLICY)))
            .attributes()
            .get(QueueAttributeName.REDRIVE_POLICY);
    return urlOf(policy == null ? byName(address.deadName()) : byPolicy(policy));
  }

  private static GetQueueUrlRequest byName(String name) {
    return GetQueueUrlRequest.builder().queueName(name).build();
  }

  /** An ARN is {@code arn:aws:sqs:REGION:ACCOUNT:NAME}. */
  private static GetQueueUrlRequest byPolicy(String policy) throws IOException {
    try {
      String[] arn = MAPPER.readTree(policy).path("deadLetterTargetArn").asText().split(":", -1);
      return GetQueueUrlRequest.builder()
          .queueName(arn[arn.length - 1])
          .queueOwnerAWSAccountId(arn[arn.length - 2])
          .build();
    } catch (JsonProcessingException | IndexOutOfBoundsException e) {
      throw new IOException("redrive policy: expected a deadLetterTargetArn, found " + policy, e);
    }
  }

  private Optional<String> urlOf(GetQueueUrlRequest request) throws IOException {
    try {
      return Optional.of(Service.ANSWERS.of(client.getQueueUrl(request)).queueUrl());
    } catch (Service.QueueGoneException e) {
      return Optional.empty();
    }
  }

  /** A FIFO queue must not take a task that dies once more for the same: its message's id tells. */
  @Override
  public void add(String body, String reason, int attempt, String messageId) throws IOException {
    String dead = url().isPresent() ? url().get() : create();
    SendMessageRequest.Builder message =
        SendMessageRequest.builder().queueUrl(dead).messageBody(body);
    if (body.length() + MAX_REASON_LENGTH * 4 < Limits.BYTES / 4) {
      message.messageAttributes(
          Map.of(
              REASON, text(reason.substring(0, Math.min(reason.length(), MAX_REASON_LENGTH))),
              ATTEMPT, text(Integer.toString(attempt))));
    }
    if (address.isFifo()) {
      message.messageGroupId(messageId).messageDeduplicationId(messageId);
    }
    CompletableFuture<?> sent = client.sendMessage(message.build());
    Service.ANSWERS.of(sent);
  }

  /** A dead task as it was received. */
  private record Received(Message message, Instant received) implements Letter {
    @Override
    public String messageId() {
      return message.messageId();
    }

    @Override
    public String body() {
      return message.body();
    }

    @Override
    public List<Failure> failures() {
      String reason = attribute(REASON);
      return reason.isEmpty()
          ? List.of()
          : List.of(new Failure(Integer.parseInt(attribute(ATTEMPT)), "", sent(), reason));
    }

    private Instant sent() {
      String millis = message.attributes().get(MessageSystemAttributeName.SENT_TIMESTAMP);
      return millis == null ? received : Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private String attribute(String name) {
      MessageAttributeValue value = message.messageAttributes().get(name);
      return value == null ? "" : value.stringValue();
    }
  }

  @Override
  public long visit(Visitor visitor) throws IOException {
    Optional<String> url = url();
    if (url.isEmpty()) {
      return 0;
    }
    // Those that are hidden, also when the visitor fails midway.
    Set<String> hidden = new LinkedHashSet<>();
    long deleted = 0;
    try {
      List<Message> messages = receive(url.get());
      while (!messages.isEmpty()) {
        messages.forEach(message -> hidden.add(message.receiptHandle()));
        for (Message message : messages) {
          if (visitor.isToBeDeleted(new Received(message, clock.instant()))) {
            delete(url.get(), message);
            hidden.remove(message.receiptHandle());
            deleted++;
          }
        }
        messages = receive(url.get());
      }
    } finally {
      for (String handle : hidden) {
        giveBack(url.get(), handle);
      }
    }
    return deleted;
  }

  private List<Message> receive(String url) throws IOException {
    return Service.ANSWERS
        .of(
            client.receiveMessage(
                request ->
                    request
                        .queueUrl(url)
                        .maxNumberOfMessages(Limits.BATCH_ENTRIES)
                        .visibilityTimeout(Limits.seconds(HIDDEN))
                        .waitTimeSeconds(poll.seconds(Duration.ZERO))
                        .messageAttributeNames(REASON, ATTEMPT)
                        .messageSystemAttributeNames(MessageSystemAttributeName.SENT_TIMESTAMP)))
        .messages();
  }

  private void delete(String url, Message message) throws IOException {
    Service.ANSWERS.of(
        client.deleteMessage(
            request -> request.queueUrl(url).receiptHandle(message.receiptHandle())));
  }

  private void giveBack(String url, String handle) throws IOException {
    Service.ANSWERS.of(
        client.changeMessageVisibility(
            request -> request.queueUrl(url).receiptHandle(handle).visibilityTimeout(0)));
  }

  private static MessageAttributeValue text(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  private String create() throws IOException {
    CreateQueueRequest request = creation(address.deadName());
    String url = Service.ANSWERS.of(client.createQueue(request)).queueUrl();
    known = url;
    return url;
  }

  /** How a queue of this name is made. */
  static CreateQueueRequest creation(String name) {
    CreateQueueRequest.Builder request = CreateQueueRequest.builder().queueName(name);
    if (name.endsWith(SqsAddress.FIFO)) {
      request.attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true"));
    }
    return request.build();
  }
}
