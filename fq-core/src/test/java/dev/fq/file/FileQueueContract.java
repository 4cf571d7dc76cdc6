package dev.fq.file;

import dev.fq.file.disk.News;
import dev.fq.spi.MutableClock;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendContract;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;

/** The contract over files; which file system is the subclasses' business. */
abstract class FileQueueContract extends QueueBackendContract {

  /** Where the queue shall be; the same for the whole of one test. */
  protected abstract Path root() throws IOException;

  /** Whether the queue is made in python-task-queue's format. */
  protected boolean isSharedWithPython() {
    return false;
  }

  @Override
  protected QueueBackend open(MutableClock clock) throws IOException {
    return FileQueue.at(root())
        .clock(clock)
        .sharedWithPython(isSharedWithPython())
        .news(() -> new JumpingNews(clock))
        .open(OpenMode.CREATE);
  }

  @Override
  protected QueueBackend reopen(Clock clock) throws IOException {
    return FileQueue.at(root()).clock(clock).open(OpenMode.EXISTING);
  }

  @Override
  protected boolean damage(TaskId id) throws IOException {
    try (Stream<Path> files = Files.list(root().resolve("queue"))) {
      Path file = files.filter(f -> f.toString().contains(id.value())).findFirst().orElseThrow();
      Files.writeString(file, "{\"payload\": {\"text\": \"a\"");
      // Nobody is writing it any more.
      Files.setLastModifiedTime(file, FileTime.from(firstInstant().minusSeconds(3_600)));
    }
    return true;
  }

  @Override
  protected boolean bringInUnderATakenId(TaskId id, String text) throws IOException {
    String body = "{\"payload\": {\"text\": \"" + text + "\"}}";
    Files.writeString(root().resolve("queue").resolve("0--" + id + ".json"), body);
    return true;
  }

  /** There is no news; who waits for it finds that the time has passed. */
  record JumpingNews(MutableClock clock) implements News {
    @Override
    public void await(Duration atMost) {
      clock.advance(atMost);
    }

    @Override
    public void close() {}
  }
}
