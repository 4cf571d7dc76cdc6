package dev.fq.file.format;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * Reads the files of tasks, and tells what is not a task from trouble with the disk.
 *
 * <p>Rejected: opening a file for reading and writing instead of looking at it first, which does
 * not wait at a FIFO on Linux but needs a permission that readers have no use for.
 */
public final class TaskFiles {

  /** UTF-8 takes at most three bytes for one UTF-16 unit. */
  private static final int MAX_BYTES = 3 * Payload.MAX_LENGTH;

  /** In bytes. When memory runs out over a smaller file, something else has used it up. */
  private static final int LARGE = 1 << 20;

  private static final char REPLACEMENT = '\uFFFD';

  private TaskFiles() {}

  /**
   * The payload in this file.
   *
   * @throws InvalidPayloadException if the file can never be read as a task; the message is the
   *     reason
   * @throws AccessDeniedException if this user may not read it
   * @throws IOException on trouble, or when it is gone ({@link AtomicFiles#isGone})
   */
  static Payload payload(Path file) throws IOException {
    try {
      return Envelope.payload(body(file));
    } catch (OutOfMemoryError e) {
      if (Files.size(file) < LARGE) {
        throw new IOException(file + ": no memory was left to read it", e);
      }
      // Else it would end this worker, and then the next one that leases it.
      throw new InvalidPayloadException(
          "it takes more memory than this worker has; give Java more (-Xmx)");
    }
  }

  /** The text of this file, for the rest as {@link #payload}. */
  public static String body(Path file) throws IOException {
    return text(file, size(file));
  }

  /**
   * How long it is. Looked at before it is opened: opening a FIFO waits for its writer, for ever,
   * and a link could point out of the queue.
   */
  private static int size(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new InvalidPayloadException("not a regular file");
    }
    requireLength(attributes.size());
    return (int) attributes.size();
  }

  private static void requireLength(long bytes) throws InvalidPayloadException {
    if (bytes > MAX_BYTES) {
      throw new InvalidPayloadException(
          "expected at most " + MAX_BYTES + " bytes, found " + bytes + " or more");
    }
  }

  private static String text(Path file, int size) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = new byte[size + 1];
      int length = in.readNBytes(bytes, 0, bytes.length);
      if (length > size) {
        // RACE: somebody is editing it and it has grown since we looked.
        byte[] rest = in.readNBytes(MAX_BYTES);
        requireLength((long) length + rest.length);
        bytes = Arrays.copyOf(bytes, length + rest.length);
        System.arraycopy(rest, 0, bytes, length, rest.length);
        length = bytes.length;
      }
      return utf8(bytes, length);
    }
  }

  /** The quick decoder replaces what is malformed; only then is it worth asking the strict one. */
  private static String utf8(byte[] bytes, int length) throws InvalidPayloadException {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
      } catch (CharacterCodingException e) {
        throw new InvalidPayloadException("not UTF-8");
      }
    }
    return text;
  }
}
