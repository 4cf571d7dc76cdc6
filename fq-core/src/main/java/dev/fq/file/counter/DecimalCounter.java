package dev.fq.file.counter;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Permissions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A file with a decimal number, as python-task-queue counts insertions; and with its lock on it,
 * which is one of fcntl(2). Python reads the number before it locks, so of two who count at the
 * very same moment one may be lost when Python is one of them.
 *
 * <p>No other lock of Python's is taken: it locks {@code movement/ID} to keep its own workers
 * apart, which the rename does for fq.
 */
final class DecimalCounter extends CounterFile {

  /**
   * For all of this process: it has one lock on a file, whoever of it asks, and loses it when it
   * closes the file anywhere (fcntl(2), "Advisory record locking").
   */
  private static final Object ONE_AT_A_TIME = new Object();

  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final int MAX_PAUSES = 1_000;

  /** How long a number is not there while Python writes another. */
  private static final int PAUSES_OF_EMPTINESS = 10;

  private final Permissions permissions;

  DecimalCounter(Path file, Permissions permissions) {
    super(file);
    this.permissions = permissions;
  }

  /** The number in this file, zero when it stays empty. */
  static long read(Path file) throws IOException {
    synchronized (ONE_AT_A_TIME) {
      String text = text(file);
      for (int pauses = 0; text.isEmpty() && pauses < PAUSES_OF_EMPTINESS; pauses++) {
        LockSupport.parkNanos(PAUSE.toNanos());
        text = text(file);
      }
      return number(file, text);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(AtomicFiles.read(file), StandardCharsets.US_ASCII).strip();
  }

  private static long number(Path file, String text) throws IOException {
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": expected a decimal number, found \"" + text + "\"", e);
    }
  }

  @Override
  void write(int count) throws IOException {
    change(count, false);
  }

  /** Sets the number to zero. */
  void reset() throws IOException {
    change(0, true);
  }

  private void change(int count, boolean fromZero) throws IOException {
    // Files can be locked through interruptible channels only, and whoever is interrupted has
    // inserted all the same.
    boolean interrupted = Thread.interrupted();
    try {
      synchronized (ONE_AT_A_TIME) {
        for (int pauses = 0; !isChanged(count, fromZero, pauses); pauses++) {
          if (pauses == MAX_PAUSES) {
            throw new IOException(file() + ": another process keeps it locked");
          }
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isChanged(int count, boolean fromZero, int pauses) throws IOException {
    boolean isNew = !Files.exists(file(), LinkOption.NOFOLLOW_LINKS);
    boolean written = false;
    try (FileChannel channel = open(isNew);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return false;
      }
      String text = text(channel);
      // RACE: Python empties the file, then locks it, then writes the sum it has in mind. What is
      // written in between would be written over, and its last digits stay.
      if (text.isEmpty() && !isNew && pauses < PAUSES_OF_EMPTINESS) {
        return false;
      }
      long number = fromZero ? 0 : number(file(), text) + count;
      written = true;
      overwrite(channel, number);
    } catch (FileAlreadyExistsException | OverlappingFileLockException e) {
      // RACE: another has made it since; or has locked it in this process, as in another process.
      return false;
    } catch (IOException e) {
      // RACE: another has removed it since.
      if (!isNew && e instanceof NoSuchFileException) {
        return false;
      }
      // What goes wrong at closing says nothing about what was written.
      throw written ? new PartlyWrittenException(e) : e;
    }
    return true;
  }

  private FileChannel open(boolean isNew) throws IOException {
    if (!isNew) {
      AtomicFiles.requireRegular(file());
      return FileChannel.open(
          file(), StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }
    FileChannel made =
        FileChannel.open(
            file(),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    permissions.giveTo(file());
    return made;
  }

  private static String text(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64);
    int read = 0;
    while (read >= 0 && bytes.hasRemaining()) {
      read = channel.read(bytes);
    }
    return StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
  }

  private static void overwrite(FileChannel channel, long number) throws IOException {
    ByteBuffer bytes = StandardCharsets.US_ASCII.encode(Long.toString(number));
    int length = bytes.remaining();
    channel.position(0);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.truncate(length);
  }
}
