package dev.fq.cli;

import java.io.PrintWriter;

/**
 * Many lines for standard output, written in blocks, as long as somebody reads them; to be closed,
 * so that those before a failure are written too.
 */
final class Output implements AutoCloseable {

  private static final int BLOCK = 8_192;

  private final PrintWriter out;
  private final StringBuilder block = new StringBuilder(2 * BLOCK);
  private boolean read = true;

  Output(PrintWriter out) {
    this.out = out;
  }

  void line(String text) {
    block.append(text).append(System.lineSeparator());
    if (block.length() >= BLOCK) {
      flush();
    }
  }

  /** Lines with their ends. */
  void text(String lines) {
    block.append(lines);
  }

  void flush() {
    out.print(block);
    block.setLength(0);
    // Flushes too. What reads a pipe has closed it when this fails: it has seen what it wanted.
    read = !out.checkError();
  }

  /** Writes what is left; standard output stays open. */
  @Override
  public void close() {
    flush();
  }

  /** Whether it is worth going on. */
  boolean isRead() {
    return read;
  }
}
