package tiles;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Square pictures in files of one byte a pixel, row by row. */
final class Image {

  private Image() {}

  /** Makes a picture whose pixels can be told from each other, more or less. */
  static void make(Path file, int side) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          out.write(x * 7 + y * 13);
        }
      }
    }
  }

  /** The pixels from (x, y) on, so many to the right. */
  static byte[] read(Path file, int side, int x, int y, int count) throws IOException {
    ByteBuffer pixels = ByteBuffer.allocate(count);
    try (FileChannel in = FileChannel.open(file)) {
      long at = (long) y * side + x;
      while (pixels.hasRemaining()) {
        if (in.read(pixels, at + pixels.position()) < 0) {
          throw new IOException(file + ": ends before row " + y);
        }
      }
    }
    return pixels.array();
  }

  /** Writes pixels from (x, y) on; writing them twice does no harm. */
  static void write(Path file, int side, int x, int y, byte[] pixels) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(pixels);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long at = (long) y * side + x;
      while (rest.hasRemaining()) {
        out.write(rest, at + rest.position());
      }
    }
  }

  /** What two by two pixels look like from afar. */
  static byte mean(byte[] upper, byte[] lower, int x) {
    int sum =
        Byte.toUnsignedInt(upper[x])
            + Byte.toUnsignedInt(upper[x + 1])
            + Byte.toUnsignedInt(lower[x])
            + Byte.toUnsignedInt(lower[x + 1]);
    return (byte) (sum / 4);
  }
}
