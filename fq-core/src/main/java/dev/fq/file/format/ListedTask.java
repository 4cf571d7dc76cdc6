package dev.fq.file.format;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;

/** One task in {@code queue/}, as it was listed, for those who look at tasks and hold no lease. */
public interface ListedTask {

  TaskId id();

  /** What is known of it at this time, in Unix seconds. */
  TaskInfo info(long now);

  /**
   * What it says.
   *
   * @throws InvalidPayloadException if it can never be read as a task
   * @throws IOException on trouble, or when it is gone ({@link AtomicFiles#isGone})
   */
  Payload payload() throws IOException;

  /** The text of its file; for the rest as {@link #payload}. */
  String body() throws IOException;
}
