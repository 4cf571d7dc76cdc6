package dev.fq.pubsub;

import com.google.api.gax.rpc.PermissionDeniedException;
import com.google.pubsub.v1.Subscription;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How to open a queue; each setting is an option of the address too. */
public final class PubSubQueueBuilder {

  private static final Logger log = LoggerFactory.getLogger(PubSubQueueBuilder.class);

  private QueueUrl url;
  private Path home = Path.of(System.getProperty("user.home"));
  private Map<String, String> environment = System.getenv();
  private Clock clock = Clock.systemUTC();
  private Puller.Poll poll = Puller::bounded;

  PubSubQueueBuilder(QueueUrl url) {
    this.url = url;
  }

  /**
   * The service's address, {@code http://HOST:PORT} without TLS and credentials or {@code
   * https://HOST}; what {@code PUBSUB_EMULATOR_HOST} names, else Google's own, unless set.
   */
  public PubSubQueueBuilder endpoint(String address) {
    url = url.with("endpoint", address);
    return this;
  }

  /**
   * Whether to make topic and subscription where there are none, with a dead-letter policy, so that
   * the service counts attempts; not unless set.
   */
  public PubSubQueueBuilder create(boolean on) {
    url = url.with("create", Boolean.toString(on));
    return this;
  }

  /**
   * The topic, of the same project, for dead tasks of a subscription without a dead-letter policy;
   * {@code TOPIC-dead} unless set.
   */
  public PubSubQueueBuilder dead(String topic) {
    url = url.with("dead", topic);
    return this;
  }

  /** Whether a purge is left to the service, which removes what is leased too; not unless set. */
  public PubSubQueueBuilder nativePurge(boolean on) {
    url = url.with("nativePurge", Boolean.toString(on));
    return this;
  }

  PubSubQueueBuilder home(Path directory) {
    this.home = directory;
    return this;
  }

  PubSubQueueBuilder environment(Map<String, String> variables) {
    this.environment = variables;
    return this;
  }

  PubSubQueueBuilder clock(Clock time) {
    this.clock = time;
    return this;
  }

  PubSubQueueBuilder poll(Puller.Poll how) {
    this.poll = how;
    return this;
  }

  /**
   * Opens the queue.
   *
   * @throws NoQueueException if topic or subscription are not there and not to be made, or the
   *     subscription is another topic's
   * @throws IllegalArgumentException if the address or an option is not understood
   * @throws IOException on other trouble, as when there are no credentials
   */
  public PubSubQueue open() throws IOException {
    PubSubAddress address = PubSubAddress.of(url, environment);
    Connection connection = Connection.to(address, home);
    try {
      Subscription subscription = find(new Admin(connection), address);
      if (!subscription.getTopic().equals(address.topic())) {
        throw new NoQueueException(
            "%s: the subscription is of %s".formatted(address, subscription.getTopic()));
      }
      String policy = subscription.getDeadLetterPolicy().getDeadLetterTopic();
      return new PubSubQueue(
          address,
          connection,
          subscription.getEnableExactlyOnceDelivery(),
          policy.isEmpty() ? address.dead() : policy,
          clock,
          poll);
    } catch (Service.NotFoundException e) {
      connection.close();
      throw new NoQueueException(
          ("%s: no such topic or subscription%s; check the names, or make them with --create"
                  + " (option create=true)")
              .formatted(address, where(address)),
          e);
    } catch (NoQueueException e) {
      connection.close();
      throw e;
    } catch (IOException e) {
      connection.close();
      throw new IOException("%s: %s%s".formatted(address, e.getMessage(), where(address)), e);
    }
  }

  private static String where(PubSubAddress address) {
    return address.endpoint() == null ? "" : " (" + address.endpoint() + ")";
  }

  private static Subscription find(Admin admin, PubSubAddress address) throws IOException {
    try {
      return admin.describe(address.subscription());
    } catch (Service.NotFoundException e) {
      if (!address.create()) {
        throw e;
      }
      admin.makeQueue(address);
      return admin.describe(address.subscription());
    } catch (IOException e) {
      if (e.getCause() instanceof PermissionDeniedException) {
        log.info(
            "{}: not permitted to see the subscription's settings (pubsub.subscriptions.get): taken"
                + " to have neither a dead-letter policy nor exactly-once delivery",
            address);
        return Subscription.newBuilder().setTopic(address.topic()).build();
      }
      throw e;
    }
  }
}
