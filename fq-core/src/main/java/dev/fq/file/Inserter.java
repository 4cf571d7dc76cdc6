package dev.fq.file;

import dev.fq.spi.Envelope;
import dev.fq.spi.NewTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Brings tasks in: each is written whole in {@code tmp/} and then renamed into {@code queue/},
 * where no reader can see it sooner.
 *
 * <p>Durable, a batch is written first, then all its files are forced, many at once, then renamed,
 * and then the directory is forced once.
 */
final class Inserter {

  /** How many files a durable insert keeps open at once. */
  private static final int DURABLE_GROUP = 256;

  private final QueueDirectory directory;
  private final Naming naming;
  private final Permissions permissions;
  private final Clock clock;
  private final Random random;
  private final Durable durable = new Durable();

  Inserter(
      QueueDirectory directory,
      Naming naming,
      Permissions permissions,
      Clock clock,
      Random random) {
    this.directory = directory;
    this.naming = naming;
    this.permissions = permissions;
    this.clock = clock;
    this.random = random;
  }

  /** Counts what has gone in, also when the insert ends with an exception. */
  static final class Progress {
    int inserted;
  }

  void insert(List<NewTask> tasks, Progress progress) throws IOException {
    for (NewTask task : tasks) {
      Path written = newFile(task);
      try {
        AtomicFiles.write(written, body(task));
        permissions.giveTo(written);
        publish(task, written);
      } catch (IOException e) {
        removeAfter(e, List.of(written));
        throw e;
      }
      progress.inserted++;
    }
  }

  void insertDurably(List<NewTask> tasks, Progress progress) throws IOException {
    try {
      for (int from = 0; from < tasks.size(); from += DURABLE_GROUP) {
        insertGroup(tasks.subList(from, Math.min(from + DURABLE_GROUP, tasks.size())), progress);
      }
    } catch (IOException e) {
      forceDirectoryAfter(e);
      throw e;
    }
    // Also for no tasks: who tries again what remains of a batch may have been told of all but
    // this.
    Durable.forceDirectory(directory.queue());
  }

  /** Those that went in are told as inserted, so they must outlast a power cut too. */
  private void forceDirectoryAfter(IOException failure) {
    try {
      Durable.forceDirectory(directory.queue());
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void insertGroup(List<NewTask> tasks, Progress progress) throws IOException {
    List<Path> written = new ArrayList<>(tasks.size());
    try {
      writeAndForce(tasks, written);
      for (int i = 0; i < tasks.size(); i++) {
        publish(tasks.get(i), written.get(i));
        progress.inserted++;
      }
    } catch (IOException e) {
      removeAfter(e, written);
      throw e;
    }
  }

  private void writeAndForce(List<NewTask> tasks, List<Path> written) throws IOException {
    List<FileChannel> open = new ArrayList<>(tasks.size());
    try {
      for (NewTask task : tasks) {
        Path file = newFile(task);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        open.add(channel);
        written.add(file);
        ByteBuffer body = ByteBuffer.wrap(body(task));
        while (body.hasRemaining()) {
          channel.write(body);
        }
        permissions.giveTo(file);
      }
      durable.forceAll(open);
    } finally {
      for (FileChannel channel : open) {
        channel.close();
      }
    }
  }

  private Path newFile(NewTask task) {
    return directory.draft(task.id().value(), random);
  }

  private byte[] body(NewTask task) {
    return Envelope.of(task, directory.queueName()).getBytes(StandardCharsets.UTF_8);
  }

  private void publish(NewTask task, Path written) throws IOException {
    Duration delay = task.delay();
    long due = delay.isZero() ? 0 : Seconds.roundedUp(clock.instant().plus(delay));
    try {
      if (!naming.publish(written, task.id(), due)) {
        throw new NoSuchFileException(
            written.toString(), null, "removed while it was being inserted");
      }
    } catch (IOException e) {
      if (!isPublished(task, written, e)) {
        naming.withdraw(task.id());
        throw e;
      }
    }
  }

  /**
   * Whether a rename that is said to have failed has taken place: a file server that restarts may
   * answer the second sending of a request whose first it has carried out (RFC 1813, section 4.5).
   * Inserting the task again would give it two names, once somebody has leased the first.
   */
  private boolean isPublished(NewTask task, Path written, IOException failure) {
    try {
      return !AtomicFiles.delete(written)
          && directory.find(name -> name.id().equals(task.id())) != null;
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  /** What was not published is of no use; what was is no longer there. */
  private static void removeAfter(IOException failure, List<Path> written) {
    for (Path file : written) {
      try {
        AtomicFiles.delete(file);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
