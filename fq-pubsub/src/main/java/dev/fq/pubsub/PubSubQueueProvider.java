package dev.fq.pubsub;

import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueOption;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.service.ServiceOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Opens queues of Google Cloud Pub/Sub: {@code pubsub://projects/P/topics/T/subscriptions/S}. Topic
 * and subscription are made only by the option {@code create=true}, whatever the mode: they belong
 * to a project, and cost.
 */
public final class PubSubQueueProvider implements QueueBackendProvider {

  static final List<QueueOption> OPTIONS =
      List.of(
          QueueOption.CREATE_QUEUE,
          ServiceOptions.ENDPOINT,
          ServiceOptions.NATIVE_PURGE,
          QueueOption.inAddresses("dead", "TOPIC", "The topic for dead tasks."));

  @Override
  public String example() {
    return "pubsub://projects/P/topics/T/subscriptions/S";
  }

  @Override
  public List<QueueOption> options() {
    return OPTIONS;
  }

  /** Of a subscription with exactly-once delivery; others have none. */
  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.FENCING);
  }

  @Override
  public Set<String> schemes() {
    return Set.of("pubsub");
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws IOException {
    return PubSubQueue.at(url).open();
  }
}
