package dev.fq;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what a command writes to one of its outputs, whole lines at a time so that those of
 * several tasks do not mix, and remembers the last of them. Never waits for the command: {@link
 * #passOn} takes the bytes that have arrived.
 *
 * <p>The slot's own thread reads, when there is something: a thread that waits in {@code read}
 * cannot be ended as long as a child that was left behind keeps the pipe open. The streams'
 * monitors are held meanwhile, since Java would read such a pipe into memory when the command ends.
 */
final class CommandOutput {

  private static final Logger log = LoggerFactory.getLogger(CommandOutput.class);

  private static final int REMEMBERED_LINES = 20;
  private static final int REMEMBERED_LINE_LENGTH = 1_000;

  /** So much of a line is passed on, and kept in memory until its end comes. */
  private static final int MAX_LINE = 64 * 1024;

  /** So much is passed on before somebody looks whether the command has ended. */
  private static final int MAX_AT_ONCE = 1024 * 1024;

  /** The log says once in a process that nobody reads its output. */
  private static final AtomicBoolean UNREAD_TOLD = new AtomicBoolean();

  private final InputStream in;
  private final PrintStream out;
  private final OutputStream kept;
  private final byte[] prefix;
  private final boolean exact;
  private final byte[] buffer = new byte[16 * 1024];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final Deque<String> last = new ArrayDeque<>();
  private long cut;

  private CommandOutput(
      InputStream in, PrintStream out, OutputStream kept, String prefix, boolean exact) {
    this.in = in;
    this.out = out;
    this.kept = kept;
    this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
    this.exact = exact;
  }

  /**
   * Passes on lines, each with this prefix; lines that are too long are cut, and marked.
   *
   * @param kept gets every byte as it is
   */
  static CommandOutput ofLines(InputStream in, PrintStream out, OutputStream kept, String prefix) {
    return new CommandOutput(in, out, kept, prefix, false);
  }

  /** Passes on every byte as it is. */
  static CommandOutput exact(InputStream in, PrintStream out, OutputStream kept) {
    return new CommandOutput(in, out, kept, "", true);
  }

  /**
   * Passes on what the command has written by now, or much of it.
   *
   * @return whether there was anything
   */
  boolean passOn() throws IOException {
    int total = 0;
    int there = in.available();
    while (there > 0 && total < MAX_AT_ONCE) {
      int length = in.read(buffer, 0, Math.min(there, buffer.length));
      if (length < 0) {
        break;
      }
      kept.write(buffer, 0, length);
      accept(length);
      write();
      total += length;
      there = in.available();
    }
    return total > 0;
  }

  /** Passes on the rest of the last line, and closes the input. */
  void end() {
    if (line.size() > 0) {
      mark();
      if (!exact) {
        line.write('\n');
      }
      endLine();
      write();
    }
    out.flush();
    closeQuietly();
  }

  private void closeQuietly() {
    try {
      in.close();
    } catch (IOException e) {
      log.debug("an output of a command cannot be closed: {}", e.toString());
    }
  }

  private void accept(int length) {
    for (int i = 0; i < length; i++) {
      byte b = buffer[i];
      boolean isEnd = b == '\n' || b == '\r';
      if (exact && line.size() == MAX_LINE) {
        add();
      }
      if (isEnd) {
        mark();
      }
      if (isEnd || line.size() < MAX_LINE) {
        line.write(b);
      } else {
        cut++;
      }
      if (isEnd) {
        endLine();
      }
    }
  }

  /** Says how much of the line is cut, if any is. */
  private void mark() {
    if (cut > 0) {
      line.writeBytes((" … (" + cut + " more bytes)").getBytes(StandardCharsets.UTF_8));
      cut = 0;
    }
  }

  private void endLine() {
    remember();
    add();
  }

  private void remember() {
    String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
    if (exact || text.isEmpty()) {
      return;
    }
    if (last.size() == REMEMBERED_LINES) {
      last.removeFirst();
    }
    last.addLast(text.substring(0, Math.min(text.length(), REMEMBERED_LINE_LENGTH)));
  }

  private void add() {
    lines.writeBytes(prefix);
    lines.writeBytes(line.toByteArray());
    line.reset();
  }

  /** One call for whole lines. What cannot be written is dropped: its reader is gone. */
  private void write() {
    if (lines.size() == 0) {
      return;
    }
    out.write(lines.toByteArray(), 0, lines.size());
    lines.reset();
    if (out.checkError() && UNREAD_TOLD.compareAndSet(false, true)) {
      log.warn(
          "the output of commands cannot be written, or nobody reads it any more: it is dropped");
    }
  }

  /** The last lines. */
  String lastLines() {
    return String.join("\n", last);
  }
}
