package dev.fq.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Forces what must outlast a power cut: a file's bytes, and a directory's names, are two things.
 */
final class Durable {

  private Durable() {}

  /**
   * Makes the names in this directory outlast a power cut, where that can be said: an opened
   * directory can be forced on Unix (fsync(2)); Windows refuses to open one and journals names
   * itself; in-memory file systems outlast nothing.
   */
  static void forceDirectory(Path directory) throws IOException {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        throw e;
      }
    }
  }
}
