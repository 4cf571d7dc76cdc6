package dev.fq.file;

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
import java.util.Arrays;

/** Reads the files of tasks, and tells what is not a task from trouble with the disk. */
final class TaskFiles {

  /** UTF-8 takes at most three bytes for one UTF-16 unit. */
  private static final int MAX_BYTES = 3 * Payload.MAX_LENGTH;

  /** What most tasks fit into. */
  private static final int USUAL_BYTES = 1024;

  private static final char REPLACEMENT = '\uFFFD';

  private TaskFiles() {}

  /**
   * The payload in this file.
   *
   * @throws InvalidPayloadException if the file can never be read as a task; the message is the
   *     reason
   * @throws IOException on trouble, or when it is gone ({@link AtomicFiles#isGone})
   */
  static Payload payload(Path file) throws IOException {
    return Envelope.payload(body(file));
  }

  /** The text of this file, for the rest as {@link #payload}. */
  static String body(Path file) throws IOException {
    // A link is never followed: it could point out of the queue.
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return text(in);
    } catch (AccessDeniedException e) {
      throw new InvalidPayloadException("permission denied: this worker may not read the file");
    } catch (InvalidPayloadException e) {
      throw e;
    } catch (IOException e) {
      throw isOtherThanAFile(file) ? new InvalidPayloadException("not a regular file") : e;
    }
  }

  /** Opening a link, or reading a directory, fails in words that differ from system to system. */
  private static boolean isOtherThanAFile(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static String text(InputStream in) throws IOException {
    byte[] start = new byte[USUAL_BYTES];
    int length = in.readNBytes(start, 0, USUAL_BYTES);
    if (length < USUAL_BYTES) {
      return utf8(start, length);
    }
    byte[] all = concat(start, in.readNBytes(MAX_BYTES + 1 - USUAL_BYTES));
    if (all.length > MAX_BYTES) {
      throw new InvalidPayloadException("longer than " + MAX_BYTES + " bytes");
    }
    return utf8(all, all.length);
  }

  private static byte[] concat(byte[] start, byte[] rest) {
    byte[] all = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, all, start.length, rest.length);
    return all;
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
