package dev.fq.bench;

import dev.fq.spi.Envelope;
import dev.fq.spi.NewTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The file operations of the engine without the engine: nothing is looked for, decided or parsed.
 */
final class Floor {

  private static final byte[] BODY =
      Envelope.of(NewTask.of(Workspace.PAYLOAD, Duration.ZERO), "fq:///dev/shm/fq-bench/q")
          .getBytes(StandardCharsets.UTF_8);
  private static final byte[] ONE = {'.'};

  private final Path tmp;
  private final Path queue;
  private final Path counter;
  private final AtomicLong next = new AtomicLong();

  Floor(Path root) {
    this.tmp = root.resolve("tmp");
    this.queue = root.resolve("queue");
    this.counter = root.resolve("completions.floor");
  }

  /** Create, write, close, move. */
  void insert() throws IOException {
    String name = "01980000-0000-7000-8000-%012d".formatted(next.getAndIncrement());
    Path written = tmp.resolve(name);
    Files.write(written, BODY, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Files.move(written, queue.resolve("0--" + name + ".json"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Move, read, delete, append. */
  byte[] leaseAndComplete(Path waiting) throws IOException {
    Path mine = lease(waiting);
    byte[] body = Files.readAllBytes(mine);
    Files.delete(mine);
    Files.write(counter, ONE, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return body;
  }

  private Path lease(Path waiting) throws IOException {
    String name = waiting.getFileName().toString();
    Path mine =
        queue.resolve("1795489008" + name.substring(1, name.length() - 5) + ".1.host-1-a.json");
    return Files.move(waiting, mine, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Move there, read, move back. */
  byte[] leaseAndRelease(Path waiting) throws IOException {
    Path mine = lease(waiting);
    byte[] body = Files.readAllBytes(mine);
    Files.move(mine, waiting, StandardCopyOption.ATOMIC_MOVE);
    return body;
  }
}
