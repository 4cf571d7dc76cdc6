package dev.fq.cli;

import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the verbs that bring tasks in have in common. */
final class InsertArguments {

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

  @Option(
      names = "--python",
      description =
          "Make the queue, if it is not there, one that workers of python-task-queue can share"
              + " (docs/python.md).")
  private boolean python;

  @Mixin private QueueSettings settings;

  /**
   * Inserts these payloads, with progress.
   *
   * @throws IOException saying how many went in, when not all did
   */
  long insert(String queue, Iterator<Payload> payloads) throws IOException {
    TaskQueue.Builder opening = settings.at(queue);
    if (durable) {
      opening.option("durable", "true");
    }
    if (python) {
      opening.option("python", "true");
    }
    try (TaskQueue tasks = opening.open();
        ProgressBar bar = ProgressBar.named("inserting")) {
      return tasks.insertPayloads(payloads, InsertOptions.none().delay(delay).progress(bar));
    } catch (IncompleteInsertException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "%s; %s inserted"
              .formatted(
                  Trouble.line(cause),
                  e.inserted() == 0 ? "nothing was" : e.inserted() + " tasks before it were"),
          e);
    }
  }
}
