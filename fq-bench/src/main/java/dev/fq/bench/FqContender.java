package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The file queue.
 *
 * <p>Forced, its inserts are durable, and we force leases and completions too, as a database does.
 * fq has no such setting: a lease or a completion that a power cut takes back only has the task run
 * again.
 */
final class FqContender implements Contender {

  private static final Duration LEASE = Duration.ofMinutes(5);

  private final FileQueue queue;
  private final boolean forced;

  /**
   * @param shared whether in the format that workers of python-task-queue can share
   */
  FqContender(Path directory, boolean forced, boolean shared) throws IOException {
    this.queue =
        FileQueue.at(directory.resolve("q"))
            .durable(forced)
            .sharedWithPython(shared)
            .open(OpenMode.CREATE);
    this.forced = forced;
  }

  @Override
  public void insert(List<NewTask> batch) throws IOException {
    queue.insert(batch);
  }

  @Override
  public int leaseAndComplete(int max) throws Exception {
    List<Lease> leases = queue.lease(max, LEASE, Duration.ZERO);
    if (forced) {
      force(queue.path().resolve("queue"));
    }
    for (Lease lease : leases) {
      queue.complete(lease);
    }
    if (forced) {
      force(queue.path().resolve("queue"));
      forceCompletions();
    }
    return leases.size();
  }

  private void forceCompletions() throws IOException {
    try (Stream<Path> files = Files.list(queue.path())) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("completions.")) {
          force(file);
        }
      }
    }
  }

  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    queue.close();
  }
}
