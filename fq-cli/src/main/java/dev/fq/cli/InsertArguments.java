package dev.fq.cli;

import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description = "How often each task is attempted before it is dead, whatever the worker says.")
  private @Nullable Integer attempts;

  @Option(
      names = "--retry-delay",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "About how long after its first failure a task is tried again, doubling with every other,"
              + " whatever the worker says.")
  private @Nullable Duration retryDelay;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long each attempt may take, whatever the worker says; then its command is ended, and"
              + " the attempt has failed.")
  private @Nullable Duration timeout;

  @Mixin private QueueSettings settings;

  private TaskLimits limits() {
    TaskLimits limits = TaskLimits.none();
    limits = attempts == null ? limits : limits.attempts(attempts);
    limits = retryDelay == null ? limits : limits.retryDelay(retryDelay);
    return timeout == null ? limits : limits.timeout(timeout);
  }

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
      return tasks.insertPayloads(
          payloads, InsertOptions.none().delay(delay).limits(limits()).progress(bar));
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
