package dev.fq.pubsub;

import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.DeadlineExceededException;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.ReceivedMessage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Asks for messages, and waits for them.
 *
 * <p>RACE: a pull that ends by its time may just be given messages. They belong to nobody until the
 * subscription's own deadline is over, and come again then. So pulls are long, and none is ended
 * for an impatient caller.
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
    Future<PullResponse> answer =
        service
            .pullCallable()
            .futureCall(request, GrpcCallContext.createDefault().withTimeoutDuration(timeout));
    try {
      return Service.ANSWERS.await(answer).getReceivedMessagesList();
    } catch (IOException e) {
      if (e.getCause() instanceof DeadlineExceededException) {
        return List.of();
      }
      throw e;
    }
  }
}
