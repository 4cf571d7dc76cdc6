package dev.fq.cli;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The lines of a file, or of standard input for {@code -}, lazily; blank ones are passed over. */
final class InputLines implements Iterator<String>, Closeable {

  static final String STANDARD_INPUT = "-";

  private final BufferedReader reader;
  private @Nullable String next;
  private long number;

  private InputLines(InputStream in) {
    // A decoder given so refuses what is malformed, instead of replacing it.
    this.reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
  }

  static InputLines open(String file) throws IOException {
    return new InputLines(
        file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file)));
  }

  /** The number of the line that {@link #next} gave last, from 1. */
  long number() {
    return number;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null || next.isBlank()) {
        next = reader.readLine();
        if (next == null) {
          return false;
        }
        number++;
      }
      return true;
    } catch (CharacterCodingException e) {
      throw new UncheckedIOException(
          new IOException("after line " + number + ": expected UTF-8, found other bytes", e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    String line = next;
    next = null;
    return line;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
