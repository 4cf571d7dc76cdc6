package dev.fq.cli;

import dev.fq.spi.QueueUrl;
import picocli.CommandLine.Option;

/** Settings of queues that a verb may make. */
final class NewQueueSettings extends QueueSettings {

  @Option(
      names = "--create",
      description =
          "Make the queue where there is none. A file queue that tasks are put into is made in any"
              + " case.")
  private boolean create;

  @Override
  QueueUrl url(String address) {
    QueueUrl url = super.url(address);
    return create && !url.scheme().equals(FILE_QUEUE) ? url.with("create", "true") : url;
  }
}
