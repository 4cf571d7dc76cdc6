package dev.fq.pubsub;

import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.pubsub.v1.DeadLetterPolicy;
import com.google.pubsub.v1.ExpirationPolicy;
import com.google.pubsub.v1.GetSubscriptionRequest;
import com.google.pubsub.v1.ListTopicSubscriptionsRequest;
import com.google.pubsub.v1.Subscription;
import com.google.pubsub.v1.Topic;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** Makes topics and subscriptions, and looks at them. */
final class Admin {

  private final Connection connection;

  Admin(Connection connection) {
    this.connection = connection;
  }

  /**
   * A subscription, as the service describes it.
   *
   * @throws Service.NotFoundException if there is none of this name
   */
  Subscription describe(String subscription) throws IOException {
    return Service.ANSWERS.of(
        connection
            .subscriptions()
            .getSubscriptionCallable()
            .futureCall(GetSubscriptionRequest.newBuilder().setSubscription(subscription).build()));
  }

  /**
   * Makes what is missing of a queue: the topic for dead tasks and what keeps them first, since a
   * policy must not name a topic that is not there. The policy is there for its count of
   * deliveries: a worker gives a task up long before the service does.
   */
  void makeQueue(PubSubAddress address) throws IOException {
    makeTopic(address.topic());
    makeKeeper(address.dead());
    makeSubscription(
        lasting(address.subscription(), address.topic())
            .setDeadLetterPolicy(
                DeadLetterPolicy.newBuilder()
                    .setDeadLetterTopic(address.dead())
                    .setMaxDeliveryAttempts(Limits.MOST_DELIVERIES))
            .build());
  }

  /**
   * The subscription that keeps what is published to this topic: that of the topic's name, or the
   * only one; empty if there is none.
   *
   * @throws IOException if it is not clear which
   */
  Optional<String> findKeeper(String topic) throws IOException {
    List<String> all = subscriptionsOf(topic);
    String own = PubSubAddress.subscriptionOf(topic);
    if (all.contains(own)) {
      return Optional.of(own);
    }
    if (all.size() > 1) {
      throw new IOException(
          "%s has the subscriptions %s: expected one, or one of the topic's name"
              .formatted(topic, all));
    }
    return all.stream().findFirst();
  }

  /** The same; what is missing is made. */
  String makeKeeper(String topic) throws IOException {
    Optional<String> there = findKeeper(topic);
    if (there.isPresent()) {
      return there.get();
    }
    makeTopic(topic);
    String made = PubSubAddress.subscriptionOf(topic);
    makeSubscription(lasting(made, topic).build());
    return made;
  }

  private List<String> subscriptionsOf(String topic) throws IOException {
    try {
      return Service.ANSWERS
          .of(
              connection
                  .topics()
                  .listTopicSubscriptionsCallable()
                  .futureCall(ListTopicSubscriptionsRequest.newBuilder().setTopic(topic).build()))
          .getSubscriptionsList();
    } catch (Service.NotFoundException e) {
      return List.of();
    }
  }

  /** One that does not end when nobody asks it for a month. */
  private static Subscription.Builder lasting(String name, String topic) {
    return Subscription.newBuilder()
        .setName(name)
        .setTopic(topic)
        .setExpirationPolicy(ExpirationPolicy.getDefaultInstance());
  }

  private void makeTopic(String name) throws IOException {
    unlessItIsThere(
        connection
            .topics()
            .createTopicCallable()
            .futureCall(Topic.newBuilder().setName(name).build()));
  }

  private void makeSubscription(Subscription subscription) throws IOException {
    unlessItIsThere(
        connection.subscriptions().createSubscriptionCallable().futureCall(subscription));
  }

  private static void unlessItIsThere(Future<?> creation) throws IOException {
    try {
      Service.ANSWERS.of(creation);
    } catch (IOException e) {
      if (!(e.getCause() instanceof AlreadyExistsException)) {
        throw e;
      }
    }
  }
}
