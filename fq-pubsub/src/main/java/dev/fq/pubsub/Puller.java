package dev.fq.pubsub;

import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.DeadlineExceededException;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.ReceivedMessage;
import dev.fq.spi.service.LeftCalls;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks for messages, and waits for them.
 *
 * <p>RACE: a pull that ends by its time may just be given messages. They belong to nobody until the
 * subscription's own deadline is over, and come again then. So pulls are long, and none is ended
 * for an impatient caller: what comes after he has gone is given back.
 *
 * <p>Single pulls go through Google's stubs: its {@code Subscriber} pulls what it likes and holds
 * it in its own memory, and a worker leases for its free slots. The field {@code
 * return_immediately} would avoid the wait; the service advises against it, since it may find
 * nothing where there is something.
 */
final class Puller {

  /** Until when a pull is to be answered; tests let their clock jump instead. */
  interface Poll {
    Duration timeout(Duration wait);
  }

  private static final Duration SHORTEST_PULL = Duration.ofSeconds(2);
  private static final Duration LONGEST_PULL = Duration.ofSeconds(30);

  /** The service may say early that there is nothing. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  private final LeftCalls left = new LeftCalls();
  private final SubscriberStub service;
  private final Clock clock;
  private final Poll poll;

  Puller(SubscriberStub service, Clock clock, Poll poll) {
    this.service = service;
    this.clock = clock;
    this.poll = poll;
  }

  /** As long as is waited for, but not so short that what is there would be missed. */
  static Duration bounded(Duration wait) {
    if (wait.compareTo(SHORTEST_PULL) < 0) {
      return SHORTEST_PULL;
    }
    return wait.compareTo(LONGEST_PULL) < 0 ? wait : LONGEST_PULL;
  }

  /** Up to {@code max} messages, as soon as there are any; none when the wait is over. */
  List<ReceivedMessage> pull(String subscription, int max, Duration wait)
      throws IOException, InterruptedException {
    Instant end = clock.instant().plus(wait);
    while (true) {
      Duration rest = Duration.between(clock.instant(), end);
      List<ReceivedMessage> messages =
          pullOnce(subscription, max, poll.timeout(rest.isNegative() ? Duration.ZERO : rest));
      if (!messages.isEmpty() || !clock.instant().isBefore(end)) {
        return messages;
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
  }

  private List<ReceivedMessage> pullOnce(String subscription, int max, Duration timeout)
      throws IOException, InterruptedException {
    PullRequest request =
        PullRequest.newBuilder()
            .setSubscription(subscription)
            .setMaxMessages(Math.min(max, Limits.MESSAGES_PER_REQUEST))
            .build();
    CompletableFuture<PullResponse> answer =
        Service.future(
            service
                .pullCallable()
                .futureCall(request, GrpcCallContext.createDefault().withTimeoutDuration(timeout)));
    try {
      return Service.ANSWERS
          .await(answer, () -> leave(subscription, answer))
          .getReceivedMessagesList();
    } catch (IOException e) {
      if (e.getCause() instanceof DeadlineExceededException) {
        return List.of();
      }
      throw e;
    }
  }

  /** Nobody waits for this answer any more. */
  private void leave(String subscription, CompletableFuture<PullResponse> answer) {
    left.add(
        answer.thenCompose(response -> sendBack(subscription, response.getReceivedMessagesList())));
  }

  /** Has these messages come again at once, as far as that can be. */
  void giveBack(String subscription, List<ReceivedMessage> messages) {
    left.add(sendBack(subscription, messages));
  }

  private CompletableFuture<?> sendBack(String subscription, List<ReceivedMessage> messages) {
    if (messages.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return Service.future(
        service
            .modifyAckDeadlineCallable()
            .futureCall(
                ModifyAckDeadlineRequest.newBuilder()
                    .setSubscription(subscription)
                    .addAllAckIds(messages.stream().map(ReceivedMessage::getAckId).toList())
                    .setAckDeadlineSeconds(0)
                    .build()));
  }

  /** Waits a little for answers that are left, so that what they bring is given back. */
  void close() {
    left.await(LAST_WAIT);
  }
}
