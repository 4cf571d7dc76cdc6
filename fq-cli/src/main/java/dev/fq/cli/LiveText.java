package dev.fq.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;

/** Lines on a terminal that are drawn again in their place, and never wider or higher than it. */
final class LiveText implements Closeable {

  /** What is taken for a terminal that does not tell its size. */
  private static final Size USUAL = new Size(80, 24);

  // ECMA-48.
  private static final String ERASE_BELOW = "\u001B[J";
  private static final String ERASE_ALL = "\u001B[H\u001B[2J";

  private final Terminal terminal;
  private Size drawnFor = USUAL;
  private int drawn;

  private LiveText(Terminal terminal) {
    this.terminal = terminal;
  }

  /** On the terminal of this process. */
  static LiveText open() throws IOException {
    return new LiveText(
        TerminalBuilder.builder()
            .system(true)
            .systemOutput(TerminalBuilder.SystemOutput.SysOut)
            .dumb(true)
            .nativeSignals(false)
            .build());
  }

  /** How many columns there are. */
  int columns() {
    return size().getColumns();
  }

  private Size size() {
    Size size = terminal.getSize();
    return size.getColumns() > 0 && size.getRows() > 0 ? size : USUAL;
  }

  /** What to write so that these lines stand where the last ones did. */
  String drawing(String text) {
    Size size = size();
    // After a resize nobody knows where the lines are: some terminals wrap them anew, some do not.
    String erase =
        drawn == 0 ? "" : size.equals(drawnFor) ? "\u001B[" + drawn + "F" + ERASE_BELOW : ERASE_ALL;
    List<String> lines =
        text.lines()
            .limit(Math.max(1, size.getRows() - 1))
            .map(line -> fitting(line, size.getColumns()))
            .toList();
    drawn = lines.size();
    drawnFor = size;
    return erase + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  /** The line, cut to so many columns. */
  static String fitting(String line, int columns) {
    AttributedString text = new AttributedString(line);
    return text.columnLength() <= columns
        ? line
        : text.columnSubSequence(0, columns - 1).toString() + "…";
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
