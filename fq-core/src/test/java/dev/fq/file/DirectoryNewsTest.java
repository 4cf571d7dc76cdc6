package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.disk.DirectoryNews;
import dev.fq.file.disk.News;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Without news, every one of these would wait for an hour. */
@Timeout(60)
@EnabledOnOs(
    value = OS.LINUX,
    disabledReason = "elsewhere the kernel may tell later, or not at all")
class DirectoryNewsTest {

  @TempDir private Path directory;

  @Test
  void taskThatCameSinceTheListeningBeganEndsTheWait() throws Exception {
    try (News news = DirectoryNews.listen(directory, name -> true)) {
      Files.createFile(directory.resolve("0--a.json"));

      news.await(ofHours(1));
    }
  }

  @Test
  void whatNobodyHoldsIsNewsAndLeasesOfOthersAndForeignFilesAreNot() throws Exception {
    try (FileQueue queue = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE)) {
      assertThat(queue.isNews("1795521900--a.1.node1-7-x.json")).isFalse();
      assertThat(queue.isNews("notes.txt")).isFalse();
      assertThat(queue.isNews("0--a.1.json")).isTrue();
      assertThat(queue.isNews("1795521900--a.json")).isTrue();
      assertThat(queue.isNews("0--a.0.node1-7-x.json")).as("given back, or moved here").isTrue();
    }
  }

  @Test
  void leaseThatWaitsIsWokenByARelease() throws Exception {
    ExecutorService background = Executors.newSingleThreadExecutor();
    try (FileQueue idle = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE);
        FileQueue other = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE)) {
      other.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
      Lease held = other.lease(1, ofHours(2), ZERO).get(0);
      assertThat(idle.lease(1, ofMinutes(5), ZERO)).isEmpty();
      Future<List<Lease>> leases = background.submit(() -> idle.lease(1, ofMinutes(5), ofHours(1)));

      other.release(held);

      assertThat(leases.get()).hasSize(1);
    } finally {
      background.shutdownNow();
    }
  }

  @Test
  void leaseThatWaitsIsWokenByAnInsertOfAnotherProcess() throws Exception {
    ExecutorService background = Executors.newSingleThreadExecutor();
    try (FileQueue idle = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE);
        FileQueue other = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE)) {
      idle.lease(1, ofMinutes(5), ZERO);
      Future<List<Lease>> leases = background.submit(() -> idle.lease(1, ofMinutes(5), ofHours(1)));

      other.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));

      assertThat(leases.get()).hasSize(1);
    } finally {
      background.shutdownNow();
    }
  }
}
