package dev.fq.bench;

import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The file operations of the engine without the engine: it is told which task is next, and nothing
 * is decided or parsed. Names are as long as the engine's.
 */
final class FloorContender implements Contender {

  /** As many as the engine does. */
  private static final int FORCED_AT_ONCE = 32;

  /** So many names in a row are one process's: those that a listing gives are near each other. */
  private static final int BLOCK = 1_024;

  private static final byte[] ONE = {'.'};
  private static final String HOLDER = ".1.node0001-12345-0123abcd.json";

  private final Path tmp;
  private final Path queue;
  private final Path insertions;
  private final Path completions;
  private final boolean forced;
  private final ExecutorService forcing = Executors.newFixedThreadPool(FORCED_AT_ONCE);
  private final ConcurrentLinkedQueue<Path> waiting = new ConcurrentLinkedQueue<>();

  FloorContender(Path directory, boolean forced) throws IOException {
    this.tmp = Files.createDirectories(directory.resolve("q/tmp"));
    this.queue = Files.createDirectories(directory.resolve("q/queue"));
    this.insertions = directory.resolve("q/insertions.node0001");
    this.completions = directory.resolve("q/completions.node0001");
    this.forced = forced;
  }

  /** A queue that others filled, of which this process is to take one of so many equal parts. */
  static FloorContender partOf(Path directory, int part, int parts) throws IOException {
    FloorContender floor = new FloorContender(directory, false);
    try (DirectoryStream<Path> names = Files.newDirectoryStream(floor.queue)) {
      int i = 0;
      for (Path name : names) {
        if (i / BLOCK % parts == part) {
          floor.waiting.add(name);
        }
        i++;
      }
    }
    return floor;
  }

  @Override
  public void insert(List<NewTask> batch) throws IOException, InterruptedException {
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

  /** All are written before the first is forced, many are forced at once, the directory once. */
  private void insertForced(List<NewTask> batch) throws IOException, InterruptedException {
    List<FileChannel> channels = new ArrayList<>();
    try {
      for (NewTask task : batch) {
        FileChannel channel =
            FileChannel.open(
                tmp.resolve(task.id().value()),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
        channels.add(channel);
        channel.write(ByteBuffer.wrap(body(task)));
      }
      forceAll(channels);
    } finally {
      for (FileChannel channel : channels) {
        channel.close();
      }
    }
    for (NewTask task : batch) {
      publish(task, tmp.resolve(task.id().value()));
    }
    FqContender.force(queue);
  }

  private void forceAll(List<FileChannel> channels) throws IOException, InterruptedException {
    List<Callable<Object>> works = new ArrayList<>();
    for (FileChannel channel : channels) {
      works.add(
          () -> {
            channel.force(true);
            return channel;
          });
    }
    try {
      for (Future<Object> work : forcing.invokeAll(works)) {
        work.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
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

  /** The name that this waiting task has while it is leased. */
  static Path leased(Path waiting) {
    String name = waiting.getFileName().toString();
    return waiting.resolveSibling(
        "1795489008" + name.substring(1, name.length() - ".json".length()) + HOLDER);
  }

  private static Path lease(Path next) throws IOException {
    Path mine = leased(next);
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
  public void close() {
    forcing.shutdown();
  }
}
