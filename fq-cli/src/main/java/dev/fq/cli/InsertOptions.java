package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import picocli.CommandLine.Option;

/** What the verbs that bring tasks in have in common. */
final class InsertOptions {

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Nobody works on the tasks before this time has passed.")
  private Duration delay = Duration.ZERO;

  @Option(
      names = "--durable",
      description = "Return only when the tasks would outlast a power cut.")
  private boolean durable;

  /**
   * Inserts these payloads, with progress.
   *
   * @throws IOException saying how many went in, when not all did
   */
  long insert(String queue, Iterator<Payload> payloads) throws IOException {
    QueueUrl url = QueueUrl.parse(queue);
    QueueUrl open = durable ? url.with("durable", "true") : url;
    try (TaskQueue tasks = TaskQueue.open(open, OpenMode.CREATE);
        Progress progress = Progress.of("inserting", -1)) {
      return tasks.insert(payloads, delay, progress::at);
    } catch (PartialInsertException e) {
      throw new IOException(
          "%s; %d tasks before it were inserted".formatted(cause(e), e.inserted()), e);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage() + "; nothing was inserted", e);
    }
  }

  private static String cause(PartialInsertException e) {
    return Trouble.line(e.getCause() == null ? e : e.getCause());
  }
}
