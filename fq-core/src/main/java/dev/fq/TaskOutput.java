package dev.fq;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a task in Java writes to one of its outputs. Passes on whole lines, so that those of several
 * tasks do not mix, and keeps every byte as it comes.
 */
final class TaskOutput extends OutputStream {

  /** So much of a line waits for its end. */
  private static final int MAX_LINE = 64 * 1024;

  private final OutputStream out;
  private final OutputStream kept;
  private final byte[] prefix;

  // Guarded by this.
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private boolean isWithin;

  /**
   * @param prefix stands before each line that is passed on
   */
  TaskOutput(OutputStream out, OutputStream kept, String prefix) {
    this.out = out;
    this.kept = kept;
    this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    kept.write(bytes, offset, length);
    int whole = 0;
    for (int i = offset; i < offset + length; i++) {
      if (!isWithin) {
        waiting.writeBytes(prefix);
      }
      waiting.write(bytes[i]);
      isWithin = bytes[i] != '\n';
      if (!isWithin || waiting.size() - whole >= MAX_LINE) {
        whole = waiting.size();
      }
    }
    passOn(whole);
  }

  /** Passes on so many bytes; one call, so that another task's lines come before or after them. */
  private void passOn(int count) throws IOException {
    if (count > 0) {
      byte[] bytes = waiting.toByteArray();
      waiting.reset();
      waiting.write(bytes, count, bytes.length - count);
      out.write(bytes, 0, count);
    }
  }

  /** Passes on what is left of a line; called again it does nothing. */
  synchronized void end() throws IOException {
    if (isWithin) {
      waiting.write('\n');
      isWithin = false;
    }
    passOn(waiting.size());
    out.flush();
  }
}
