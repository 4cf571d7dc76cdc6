package dev.fq;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Passes on the lines that a command writes, and remembers the last of them. */
final class LineRelay {

  private static final int REMEMBERED_LINES = 20;
  private static final int REMEMBERED_LINE_LENGTH = 1_000;

  private final InputStream in;
  private final PrintStream out;
  private final String prefix;
  private final Deque<String> last = new ArrayDeque<>();
  private final Thread thread = new Thread(this::relay, "fq-output");

  private LineRelay(InputStream in, PrintStream out, String prefix) {
    this.in = in;
    this.out = out;
    this.prefix = prefix;
  }

  static LineRelay start(InputStream in, PrintStream out, String prefix) {
    LineRelay relay = new LineRelay(in, out, prefix);
    relay.thread.setDaemon(true);
    relay.thread.start();
    return relay;
  }

  private void relay() {
    try (in) {
      passOn();
    } catch (IOException e) {
      remember("(the rest of the output could not be read: " + e.getMessage() + ")");
    }
  }

  private void passOn() throws IOException {
    try {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        remember(line);
        // One call a line, so that the lines of several tasks do not mix.
        out.print(prefix + line + System.lineSeparator());
      }
      out.flush();
    } catch (RuntimeException | Error e) {
      // Such as a line that is longer than memory.
      drain();
      remember("(the rest of the output was not read: " + e + ")");
    }
  }

  /** A command whose output nobody reads waits for ever, or dies of it. */
  private void drain() throws IOException {
    byte[] buffer = new byte[1_024];
    int length = in.read(buffer);
    while (length >= 0) {
      length = in.read(buffer);
    }
  }

  private synchronized void remember(String line) {
    if (last.size() == REMEMBERED_LINES) {
      last.removeFirst();
    }
    last.addLast(line.substring(0, Math.min(line.length(), REMEMBERED_LINE_LENGTH)));
  }

  /** Waits for the end of the output, but not for ever: a child may hold it open. */
  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  synchronized String lastLines() {
    return String.join("\n", last);
  }
}
