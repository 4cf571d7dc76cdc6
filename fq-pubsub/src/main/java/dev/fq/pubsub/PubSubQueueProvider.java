package dev.fq.pubsub;

import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.util.Set;

/**
 * Opens queues of Google Cloud Pub/Sub: {@code pubsub://projects/P/topics/T/subscriptions/S}. Topic
 * and subscription are made only by the option {@code create=true}, whatever the mode: they belong
 * to a project, and cost.
 */
public final class PubSubQueueProvider implements QueueBackendProvider {

  @Override
  public Set<String> schemes() {
    return Set.of(PubSubAddress.SCHEME);
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws IOException {
    return PubSubQueue.at(url).open();
  }
}
