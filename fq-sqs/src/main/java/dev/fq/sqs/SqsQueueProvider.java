package dev.fq.sqs;

import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.util.Set;

/**
 * Opens queues of Amazon SQS: {@code sqs://name}, {@code https://sqs.REGION.amazonaws.com/…}, and
 * {@code http://…} of local servers. A queue is made only by the option {@code create=true},
 * whatever the mode: it belongs to an account, and costs.
 */
public final class SqsQueueProvider implements QueueBackendProvider {

  @Override
  public Set<String> schemes() {
    return SqsAddress.SCHEMES;
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws IOException {
    return SqsQueue.at(url).open();
  }
}
