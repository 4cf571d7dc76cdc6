package dev.fq.file.record;

import dev.fq.spi.OutputLog.Part;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one output of an attempt, and not yet taken: all of its first half, and of what
 * comes after that the last bytes. Not safe for use by several threads.
 */
final class KeptStream {

  private static final int SMALL = 4 * 1024;

  private final int headLimit;
  private final int tailLimit;
  private ByteArrayOutputStream head = new ByteArrayOutputStream(0);
  private long taken;
  private byte[] tail = new byte[0];
  private int tailLength;
  // Where the tail begins, once it is full and goes round.
  private int tailStart;
  private long total;

  /**
   * @param limit how many bytes are kept, from 2
   */
  KeptStream(long limit) {
    this.tailLimit = Math.toIntExact(limit / 2);
    this.headLimit = Math.toIntExact(limit - tailLimit);
  }

  /**
   * Takes these bytes.
   *
   * @return how many of them are for {@link #takeHead}
   */
  int write(byte[] bytes, int offset, int length) {
    int first = (int) Math.min(length, Math.max(0, headLimit - total));
    head.write(bytes, offset, first);
    total += length;
    keepLast(bytes, offset + first, length - first);
    return first;
  }

  private void keepLast(byte[] bytes, int offset, int length) {
    int rest = Math.min(length, tailLimit);
    int from = offset + length - rest;
    if (tailLength + rest > tail.length && tail.length < tailLimit) {
      // It has not gone round yet: it begins to only at its full size.
      int wanted = Math.max(Math.max(SMALL, 2 * tail.length), tailLength + rest);
      tail = Arrays.copyOf(tail, Math.min(tailLimit, wanted));
    }
    while (rest > 0) {
      int at = (tailStart + tailLength) % tail.length;
      int step = Math.min(rest, tail.length - at);
      System.arraycopy(bytes, from, tail, at, step);
      int over = Math.max(0, tailLength + step - tail.length);
      tailLength += step - over;
      tailStart = (tailStart + over) % tail.length;
      from += step;
      rest -= step;
    }
  }

  /** What has come of the first half since it was taken last; null when nothing has. */
  @Nullable Part takeHead() {
    if (head.size() == 0) {
      return null;
    }
    Part part = new Part(taken, head.toByteArray());
    taken += head.size();
    head = new ByteArrayOutputStream(0);
    return part;
  }

  /** The last bytes of what came after the first half; null when nothing has. */
  @Nullable Part tail() {
    if (tailLength == 0) {
      return null;
    }
    byte[] bytes = new byte[tailLength];
    int step = Math.min(tailLength, tail.length - tailStart);
    System.arraycopy(tail, tailStart, bytes, 0, step);
    System.arraycopy(tail, 0, bytes, step, tailLength - step);
    return new Part(total - tailLength, bytes);
  }

  /** How many bytes {@link #takeHead} would take. */
  int headSize() {
    return head.size();
  }

  /** How many bytes {@link #tail} has. */
  int tailSize() {
    return tailLength;
  }

  /** How many bytes it was given so far. */
  long total() {
    return total;
  }
}
