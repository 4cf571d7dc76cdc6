package dev.fq.cli;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.pty4j.WinSize;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jline.builtins.ScreenTerminal;

/** The self-contained jar, or another program, run on a terminal, and what that terminal shows. */
final class TerminalFq implements AutoCloseable {

  private static final int COLUMNS = 100;
  private static final int ROWS = 24;

  /** Of a cell of the screen, the bits that are its character; the others are colours. */
  private static final long CHARACTER = 0xFFFFFFFFL;

  private final PtyProcess process;
  private final ScreenTerminal screen;
  private int columns;
  private final StringBuilder received = new StringBuilder();
  private final Thread reader;

  private TerminalFq(PtyProcess process, int columns) {
    this.process = process;
    this.columns = columns;
    this.screen = new ScreenTerminal(columns, ROWS);
    this.reader = new Thread(this::show, "terminal");
    reader.setDaemon(true);
    reader.start();
  }

  static TerminalFq start(Path directory, String... arguments) throws IOException {
    return start(directory, Map.of(), arguments);
  }

  static TerminalFq start(Path directory, Map<String, String> more, String... arguments)
      throws IOException {
    return start(directory, more, COLUMNS, FqProcess.command(arguments));
  }

  static TerminalFq start(
      Path directory, Map<String, String> more, int columns, List<String> command)
      throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.remove("NO_COLOR");
    environment.put("TERM", "xterm-256color");
    environment.putAll(more);
    return new TerminalFq(
        new PtyProcessBuilder()
            .setCommand(command.toArray(String[]::new))
            .setDirectory(directory.toString())
            .setEnvironment(environment)
            .setInitialColumns(columns)
            .setInitialRows(ROWS)
            .start(),
        columns);
  }

  /** As a user does who pulls at the edge of the window. */
  void resize(int to) throws IOException {
    columns = to;
    screen.setSize(to, ROWS);
    process.setWinSize(new WinSize(to, ROWS));
  }

  private void show() {
    char[] buffer = new char[1024];
    try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        String text = new String(buffer, 0, n);
        synchronized (received) {
          received.append(text);
        }
        screen.write(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines on the screen, without the spaces at their ends. */
  String screen() {
    long[] cells = new long[columns * ROWS];
    screen.dump(cells, 0, 0, ROWS, columns, new int[2]);
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < ROWS; row++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        line.appendCodePoint((int) (cells[row * columns + column] & CHARACTER));
      }
      lines.append(line.toString().stripTrailing()).append('\n');
    }
    return lines.toString().stripTrailing() + "\n";
  }

  /** Every character and control sequence so far. */
  String received() {
    synchronized (received) {
      return received.toString();
    }
  }

  void type(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits for the end, until all that was written is on the screen. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      throw new AssertionError("still running after two minutes:\n" + screen());
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
