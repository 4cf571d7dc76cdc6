package dev.fq.file.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Forces what must outlast a power cut: a file's bytes, and a directory's names, are two things.
 *
 * <p>Files are forced many at once. Whoever forces a file waits for a disk or a file server; those
 * who wait at the same time share a write of the journal, and those who wait one after another do
 * not.
 *
 * <p>Many at once are about three times as many tasks a second on ext4 (docs/performance.md).
 * Rejected: one call for the whole file system, syncfs(2), which Java does not have and which would
 * wait for everybody's writes.
 */
public final class Durable {

  /** How many files are forced at once. */
  private static final int AT_ONCE = 32;

  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  public Durable() {
    this.threads =
        new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "fq-force");
              thread.setDaemon(true);
              return thread;
            });
    // Then nobody needs to end them, and a queue that inserts nothing has none.
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Makes the bytes of these files outlast a power cut.
   *
   * @throws IOException if one cannot be forced; the others have been, or could not be either
   */
  public void forceAll(List<FileChannel> files) throws IOException {
    try {
      CompletableFuture.allOf(
              files.stream()
                  .map(file -> CompletableFuture.runAsync(() -> force(file), threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failure) {
        throw failure.getCause();
      }
      throw e;
    }
  }

  private static void force(FileChannel file) {
    try {
      file.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forces a file that was written and closed. */
  public static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * Makes the names in this directory outlast a power cut, where that can be said: an opened
   * directory can be forced on Unix (fsync(2)); Windows refuses to open one and journals names
   * itself; in-memory file systems outlast nothing.
   */
  public static void forceDirectory(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
