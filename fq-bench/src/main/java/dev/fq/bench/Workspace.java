package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A new directory for one iteration, with a queue in it, removed afterwards. */
final class Workspace implements AutoCloseable {

  /** A task as cluster users have them: about 200 bytes of JSON. */
  static final Payload PAYLOAD = payload();

  private static final int BATCH = 256;

  private final Path directory;
  private final FileQueue queue;

  Workspace(String below) throws IOException {
    this.directory = Files.createTempDirectory(Path.of(below), "fq-bench-");
    this.queue = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE);
  }

  private static Payload payload() {
    try {
      return Payload.ofJson(
          "{\"layer_path\": \"gs://bucket/dataset/layer\", \"mip\": 3, \"shape\": [512, 512, 64],"
              + " \"offset\": [10240, 20480, 128], \"fill_missing\": true, \"axis\": \"z\","
              + " \"factor\": [2, 2, 1], \"class\": \"DownsampleTask\"}");
    } catch (InvalidPayloadException e) {
      throw new UncheckedIOException(e);
    }
  }

  FileQueue queue() {
    return queue;
  }

  Path queueDirectory() {
    return queue.path();
  }

  static List<NewTask> batch(int size) {
    List<NewTask> batch = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      batch.add(NewTask.of(PAYLOAD, Duration.ZERO));
    }
    return batch;
  }

  void fill(int tasks) throws IOException {
    for (int left = tasks; left > 0; left -= BATCH) {
      queue.insert(batch(Math.min(BATCH, left)));
    }
  }

  /** The names in {@code queue/}, sorted: in no order that the file system likes. */
  List<Path> names() throws IOException {
    try (Stream<Path> names = Files.list(queue.path().resolve("queue"))) {
      return names.sorted().toList();
    }
  }

  /** One file after another: a million of them need not fit into memory. */
  @Override
  public void close() throws IOException {
    queue.close();
    Files.walkFileTree(directory, new Removal());
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException trouble)
        throws IOException {
      if (trouble != null) {
        throw trouble;
      }
      Files.delete(visited);
      return FileVisitResult.CONTINUE;
    }
  }
}
