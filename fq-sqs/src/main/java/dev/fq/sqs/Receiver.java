package dev.fq.sqs;

import dev.fq.spi.NoQueueException;
import dev.fq.spi.service.LeftCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/** Receives messages, and gives back at once what nobody waits for any more. */
final class Receiver {

  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  private final SqsAsyncClient client;
  private final String queueUrl;
  private final SqsAddress address;
  private final Function<String, CompletableFuture<?>> release;
  private final LeftCalls left = new LeftCalls();

  /**
   * @param release makes the message of a receipt handle available to others
   */
  Receiver(
      SqsAsyncClient client,
      String queueUrl,
      SqsAddress address,
      Function<String, CompletableFuture<?>> release) {
    this.client = client;
    this.release = release;
    this.queueUrl = queueUrl;
    this.address = address;
  }

  /** Asks for messages, to be hidden from others for this time. */
  CompletableFuture<ReceiveMessageResponse> ask(int max, Duration hidden, int waitSeconds) {
    return client.receiveMessage(
        request ->
            request
                .queueUrl(queueUrl)
                .maxNumberOfMessages(max)
                .visibilityTimeout(Limits.seconds(hidden))
                .waitTimeSeconds(waitSeconds)
                .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT));
  }

  /**
   * The messages that were asked for.
   *
   * @throws InterruptedException if interrupted; they are given back when they come
   */
  List<Message> messages(CompletableFuture<ReceiveMessageResponse> answer)
      throws IOException, InterruptedException {
    try {
      return Service.ANSWERS.await(answer, () -> leave(answer)).messages();
    } catch (Service.QueueGoneException e) {
      throw new NoQueueException(address + ": the queue is gone", e);
    }
  }

  /** Nobody waits for this answer any more. */
  void leave(CompletableFuture<ReceiveMessageResponse> answer) {
    left.add(answer.thenCompose(response -> giveBack(response.messages())));
  }

  private CompletableFuture<?> giveBack(List<Message> messages) {
    return CompletableFuture.allOf(
        messages.stream()
            .map(message -> release.apply(message.receiptHandle()))
            .toArray(CompletableFuture[]::new));
  }

  /** Waits a little for answers that are left, so that what they bring is given back. */
  void close() {
    left.await(LAST_WAIT);
  }
}
