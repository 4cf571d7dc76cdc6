package dev.fq.sqs;

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
 * Opens queues of Amazon SQS: {@code sqs://name}, {@code https://sqs.REGION.amazonaws.com/…}, and
 * {@code http://…} of local servers. A queue is made only by the option {@code create=true},
 * whatever the mode: it belongs to an account, and costs.
 */
public final class SqsQueueProvider implements QueueBackendProvider {

  static final List<QueueOption> OPTIONS =
      List.of(
          QueueOption.CREATE_QUEUE,
          ServiceOptions.ENDPOINT,
          ServiceOptions.NATIVE_PURGE,
          new QueueOption(
              "region",
              "NAME",
              "The region of an SQS queue, when nothing else says it.",
              QueueOption.Use.OPEN),
          QueueOption.inAddresses("dead", "NAME", "The queue for dead tasks."),
          QueueOption.inAddresses("group", "NAME", "The message group of a FIFO queue's tasks."),
          QueueOption.inAddresses(
              "emptyAfter", "SECONDS", "How long the queue must look empty to be believed."));

  /** What a standard queue of the service can do. */
  static final Set<Capability> CAPABILITIES = Set.of(Capability.SIZE, Capability.DELAY);

  /** What a FIFO queue can do. */
  static final Set<Capability> CAPABILITIES_OF_FIFO =
      Set.of(Capability.SIZE, Capability.UNIQUE_IDS);

  @Override
  public String example() {
    return "sqs://name";
  }

  @Override
  public List<QueueOption> options() {
    return OPTIONS;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.SIZE, Capability.DELAY, Capability.UNIQUE_IDS);
  }

  @Override
  public Set<String> schemes() {
    return Set.of("sqs", "https", "http");
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws IOException {
    return SqsQueue.at(url).open();
  }
}
