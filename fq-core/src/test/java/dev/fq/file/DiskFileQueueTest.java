package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The contract over files on a real disk. */
class DiskFileQueueTest extends FileQueueContract {

  @TempDir private Path directory;

  @Override
  protected Path root() {
    return directory.resolve("q");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such files")
  void fifoNamedLikeATaskKeepsNobodyWaiting() throws Exception {
    try (FileQueue queue = FileQueue.at(root()).open(OpenMode.CREATE)) {
      Path fifo = root().resolve("queue/0--fifo.json");
      assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
      queue.insert(List.of(NewTask.of(Payload.ofJson("1"), Duration.ZERO)));

      assertThat(queue.lease(10, Duration.ofMinutes(5), Duration.ZERO)).hasSize(1);

      assertThat(queue.peek(new TaskId("fifo")).orElseThrow().failures().get(0).reason())
          .isEqualTo("not a task: not a regular file");
    }
  }
}
