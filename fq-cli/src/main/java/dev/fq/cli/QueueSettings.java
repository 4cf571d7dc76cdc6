package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.QueueUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Settings of queues that are services; each is an option of the URL too. */
class QueueSettings {

  static final String FILE_QUEUE = "fq";

  @Option(
      names = "--region",
      paramLabel = "NAME",
      description = "The region of an SQS queue, when nothing else says it.")
  private @Nullable String region;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description =
          "The server of an SQS or Pub/Sub queue, as http://localhost:9324; Amazon's or Google's"
              + " unless given.")
  private @Nullable String endpoint;

  /** The queue at this address with these settings. */
  QueueUrl url(String address) {
    QueueUrl url = QueueUrl.parse(address);
    if (region != null) {
      url = url.with("region", region);
    }
    if (endpoint != null) {
      url = url.with("endpoint", endpoint);
    }
    return url;
  }

  TaskQueue.Builder at(String address) {
    return TaskQueue.at(url(address));
  }
}
