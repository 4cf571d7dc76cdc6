package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueUrl;
import picocli.CommandLine.Option;

/** Settings of queues that a verb may make. */
final class NewQueueSettings extends QueueSettings {

  @Option(
      names = "--create",
      description =
          "Make the queue that tasks are put into where there is none. A file queue is made in any"
              + " case.")
  private boolean create;

  @Override
  QueueUrl url(String address) {
    QueueUrl url = super.url(address);
    return create && !isDirectory(address) ? url.with("create", "true") : url;
  }

  // Of two queues, the settings are for the one that is a service.

  /** The queue that tasks are taken from; none is made, so that a typo is told. */
  TaskQueue.Builder source(String address) {
    QueueUrl url = isDirectory(address) ? QueueUrl.parse(address) : super.url(address);
    return TaskQueue.at(url).mode(OpenMode.EXISTING);
  }

  /** The queue that tasks are put into. */
  TaskQueue.Builder destination(String address) {
    return isDirectory(address) ? TaskQueue.at(QueueUrl.parse(address)) : at(address);
  }

  private static boolean isDirectory(String address) {
    return QueueUrl.parse(address).scheme().equals(FILE_QUEUE);
  }
}
