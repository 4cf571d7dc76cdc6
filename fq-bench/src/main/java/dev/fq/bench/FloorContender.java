package dev.fq.bench;

import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The file operations of the engine without the engine: it is told which task is next, and nothing
 * is decided or parsed. Names are as long as the engine's.
 */
final class FloorContender implements Contender {

  private static final byte[] ONE = {'.'};
  private static final String HOLDER = ".1.node0001-12345-0123abcd.json";

  private final Path tmp;
  private final Path queue;
  private final Path insertions;
  private final Path completions;
  private final boolean forced;
  private final ConcurrentLinkedQueue<Path> waiting = new ConcurrentLinkedQueue<>();

  FloorContender(Path directory, boolean forced) throws IOException {
    this.tmp = Files.createDirectories(directory.resolve("q/tmp"));
    this.queue = Files.createDirectories(directory.resolve("q/queue"));
    this.insertions = directory.resolve("q/insertions.node0001");
    this.completions = directory.resolve("q/completions.node0001");
    this.forced = forced;
  }

  @Override
  public void insert(List<NewTask> batch) throws IOException {
    if (forced) {
      insertForced(batch);
    } else {
      for (NewTask task : batch) {
        Path written = tmp.resolve(task.id().value());
        Files.write(written, body(task), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        publish(task, written);
      }
    }
    append(insertions, batch.size());
  }

  /** All are written before the first is forced, and the directory is forced once. */
  private void insertForced(List<NewTask> batch) throws IOException {
    List<FileChannel> channels = new ArrayList<>();
    for (NewTask task : batch) {
      FileChannel channel =
          FileChannel.open(
              tmp.resolve(task.id().value()),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE);
      channel.write(ByteBuffer.wrap(body(task)));
      channels.add(channel);
    }
    for (FileChannel channel : channels) {
      channel.force(true);
      channel.close();
    }
    for (NewTask task : batch) {
      publish(task, tmp.resolve(task.id().value()));
    }
    FqContender.force(queue);
  }

  private static byte[] body(NewTask task) {
    Payload payload = task.payload();
    return payload.json().getBytes(StandardCharsets.UTF_8);
  }

  private void publish(NewTask task, Path written) throws IOException {
    Path published = queue.resolve("0--" + task.id().value() + ".json");
    Files.move(written, published, StandardCopyOption.ATOMIC_MOVE);
    waiting.add(published);
  }

  private static void append(Path counter, int count) throws IOException {
    byte[] bytes = count == 1 ? ONE : new byte[count];
    Files.write(counter, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public int leaseAndComplete(int max) throws IOException {
    List<Path> leased = new ArrayList<>(max);
    for (Path next = waiting.poll(); next != null; next = waiting.poll()) {
      leased.add(lease(next));
      if (leased.size() == max) {
        break;
      }
    }
    forceQueue();
    for (Path mine : leased) {
      Files.delete(mine);
      append(completions, 1);
    }
    forceQueue();
    if (forced) {
      FqContender.force(completions);
    }
    return leased.size();
  }

  private Path lease(Path next) throws IOException {
    String name = next.getFileName().toString();
    Path mine = queue.resolve("1795489008" + name.substring(1, name.length() - 5) + HOLDER);
    Files.move(next, mine, StandardCopyOption.ATOMIC_MOVE);
    if (Files.readAllBytes(mine).length == 0) {
      throw new IOException(mine + ": empty");
    }
    return mine;
  }

  private void forceQueue() throws IOException {
    if (forced) {
      FqContender.force(queue);
    }
  }

  @Override
  public void close() {}
}
