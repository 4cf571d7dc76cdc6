package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/**
 * A directory in memory that fq shares with python-task-queue, when the golden ones were written.
 */
abstract class PythonDirectory {

  /** When the golden directories were written. */
  static final long NOW = 1_795_489_008;

  static final Duration LEASE = ofMinutes(5);
  static final TaskId ID = new TaskId("0199b0a0-0000-7000-8000-000000000001");

  final MutableClock clock = new MutableClock(Instant.ofEpochSecond(NOW));
  final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  final Path root = fileSystem.getPath("/data/queue");

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  FileQueue shared() throws IOException {
    return FileQueue.at(root)
        .clock(clock)
        .random(new Random(7))
        .host("node1")
        .sharedWithPython(true)
        .open(OpenMode.CREATE);
  }

  FileQueue existing() throws IOException {
    return FileQueue.at(root).clock(clock).host("node2").open(OpenMode.EXISTING);
  }

  static void insert(FileQueue queue, TaskId id, Duration delay) throws IOException {
    queue.insert(List.of(new NewTask(id, Payload.ofJson("{\"a\": 1}"), delay)));
  }

  static Lease leaseOne(FileQueue queue) throws Exception {
    return leaseOne(queue, LEASE);
  }

  static Lease leaseOne(FileQueue queue, Duration time) throws Exception {
    List<Lease> leases = queue.lease(1, time, ZERO);
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
