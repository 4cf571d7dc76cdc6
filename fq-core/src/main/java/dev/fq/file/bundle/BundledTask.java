package dev.fq.file.bundle;

import dev.fq.file.format.ListedTask;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.time.Instant;

/**
 * A task in a bundle.
 *
 * @param bundle the bundle as it was listed
 * @param body its line
 * @param isRunning whether the last holder of the bundle has begun it
 */
record BundledTask(BundleName bundle, TaskId id, String body, boolean isRunning)
    implements ListedTask {

  @Override
  public TaskInfo info(long now) {
    int attempts = isRunning ? 1 : 0;
    if (bundle.isDue(now)) {
      return new TaskInfo(
          id, TaskState.WAITING, Instant.ofEpochSecond(bundle.due()), attempts, null);
    }
    Instant due = Instant.ofEpochSecond(bundle.due());
    if (bundle.holder().isEmpty()) {
      return new TaskInfo(id, TaskState.DELAYED, due, 0, null);
    }
    return isRunning
        ? new TaskInfo(id, TaskState.LEASED, due, attempts, bundle.holder())
        : new TaskInfo(id, TaskState.WAITING, Instant.EPOCH, 0, null);
  }

  @Override
  public Payload payload() throws InvalidPayloadException {
    return Envelope.payload(body);
  }
}
