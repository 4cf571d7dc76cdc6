package dev.fq.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Where dead tasks go: the queue that the redrive policy names, else the one that the address
 * names, else {@code NAME-dead}, which is made when it is needed.
 */
final class DeadQueue {

  /** Message attributes of a dead task; their bytes count as the message's. */
  static final String REASON = "fq.reason";

  static final String ATTEMPT = "fq.attempt";

  private static final int MAX_REASON_LENGTH = 2_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final SqsAsyncClient client;
  private final String queueUrl;
  private final SqsAddress address;
  private volatile @Nullable String known;

  DeadQueue(SqsAsyncClient client, String queueUrl, SqsAddress address) {
    this.client = client;
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
        Service.answer(
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
      return Optional.of(Service.answer(client.getQueueUrl(request)).queueUrl());
    } catch (Service.QueueGoneException e) {
      return Optional.empty();
    }
  }

  /** Puts a task there, as it was. */
  void add(String body, String reason, int attempt, String id) throws IOException {
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
      message.messageGroupId(id).messageDeduplicationId(id);
    }
    CompletableFuture<?> sent = client.sendMessage(message.build());
    Service.answer(sent);
  }

  private static MessageAttributeValue text(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  private String create() throws IOException {
    CreateQueueRequest request = creation(address.deadName());
    String url = Service.answer(client.createQueue(request)).queueUrl();
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
