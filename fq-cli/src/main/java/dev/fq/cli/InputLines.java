package dev.fq.cli;

import dev.fq.spi.Payload;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, or of standard input for {@code -}, lazily. A line ends with LF or CR LF;
 * blank ones are passed over. Or the items of which each ends with NUL, as {@code find -print0}
 * writes them; only empty ones are passed over. A byte-order mark at the start is dropped.
 */
final class InputLines implements Inputs {

  static final String STANDARD_INPUT = "-";

  /** Longer than any payload: each of its characters takes three bytes at most. */
  private static final int MAX_BYTES = 3 * Payload.MAX_LENGTH;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private int start;
  private int end;
  private final boolean nullTerminated;
  private @Nullable String next;
  private long number;

  private InputLines(InputStream in, boolean nullTerminated) throws IOException {
    this.in = in;
    this.nullTerminated = nullTerminated;
    this.end = in.readNBytes(buffer, 0, BYTE_ORDER_MARK.length);
    if (Arrays.equals(buffer, 0, end, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)) {
      start = end;
    }
  }

  /**
   * Opens the file.
   *
   * @param nullTerminated whether it has items that end with NUL, in place of lines
   */
  static InputLines open(String file, boolean nullTerminated) throws IOException {
    return new InputLines(
        file.equals(STANDARD_INPUT) ? standardInput() : Files.newInputStream(Path.of(file)),
        nullTerminated);
  }

  /** A signal ends a read of a channel, and not one of System.in. */
  private static InputStream standardInput() {
    return Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel());
  }

  @Override
  public String place() {
    return (nullTerminated ? "item " : "line ") + number;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null || isPassedOver(next)) {
        next = read();
        if (next == null) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isPassedOver(String text) {
    return nullTerminated ? text.isEmpty() : text.isBlank();
  }

  private @Nullable String read() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean isEnded = false;
    while (!isEnded && (start < end || isFilled())) {
      number += bytes.size() == 0 ? 1 : 0;
      int stop = indexOfEnd();
      isEnded = stop < end;
      bytes.write(buffer, start, stop - start);
      start = isEnded ? stop + 1 : stop;
      if (bytes.size() > MAX_BYTES) {
        throw new IOException(place() + ": expected at most " + MAX_BYTES + " bytes, found more");
      }
    }
    return isEnded || bytes.size() > 0 ? text(bytes.toByteArray(), isEnded) : null;
  }

  private boolean isFilled() throws IOException {
    start = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  /** Where the text that begins in the buffer ends; the buffer's end when it goes on. */
  private int indexOfEnd() throws IOException {
    byte wanted = (byte) (nullTerminated ? 0 : '\n');
    int index = start;
    while (index < end && buffer[index] != wanted) {
      if (buffer[index] == 0) {
        throw new IOException(
            place() + ": expected text, found a NUL byte; for items that end with NUL give --null");
      }
      index++;
    }
    return index;
  }

  private String text(byte[] bytes, boolean isEnded) throws IOException {
    boolean hasCarriageReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
    int length = isEnded && !nullTerminated && hasCarriageReturn ? bytes.length - 1 : bytes.length;
    try {
      // A decoder refuses malformed bytes; a new String would replace them.
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException(place() + ": expected UTF-8, found other bytes", e);
    }
  }

  @Override
  public String next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    String text = next;
    next = null;
    return text;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
