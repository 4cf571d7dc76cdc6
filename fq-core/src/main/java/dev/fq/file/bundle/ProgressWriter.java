package dev.fq.file.bundle;

import dev.fq.file.disk.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the progress of one claim. The file stays open from one line to the next, since a
 * worker writes one for each task that it begins. It is closed before what was written shall count:
 * NFS clients send it to the server then at the latest (close-to-open, nfs(5)), and are told
 * whether it found room.
 */
final class ProgressWriter {

  private final BundleFiles files;
  private final Path file;
  private long length;
  private @Nullable OutputStream out;

  /**
   * @param length how long the file is now
   */
  ProgressWriter(BundleFiles files, Path file, long length) {
    this.files = files;
    this.file = file;
    this.length = length;
  }

  Path file() {
    return file;
  }

  /** How long the file is. */
  long length() {
    return length;
  }

  void append(String lines) throws IOException {
    OutputStream open = out;
    if (open == null) {
      open = AtomicFiles.openAtTheEnd(file, files.permissions()::giveTo);
      out = open;
    }
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    try {
      open.write(bytes);
    } catch (IOException e) {
      settleAfter(e);
      throw e;
    }
    length += bytes.length;
  }

  private void settleAfter(IOException e) {
    try {
      settle();
    } catch (IOException again) {
      e.addSuppressed(again);
    }
  }

  /** Has the file server know all that was appended. */
  void settle() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
