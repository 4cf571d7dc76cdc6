package tiles;

import dev.fq.Queueable;
import java.io.IOException;
import java.nio.file.Path;

/** Functions that can be in a queue. */
public final class Checks {

  private Checks() {}

  /** Fails when a row of an overview is not what the image says. */
  @Queueable
  public static void checkRow(Path image, Path overview, int side, int row) throws IOException {
    byte[] upper = Image.read(image, side, 0, 2 * row, side);
    byte[] lower = Image.read(image, side, 0, 2 * row + 1, side);
    byte[] found = Image.read(overview, side / 2, 0, row, side / 2);
    for (int x = 0; x < found.length; x++) {
      if (found[x] != Image.mean(upper, lower, 2 * x)) {
        throw new IOException(overview + ": wrong or not made yet at row " + row + ", column " + x);
      }
    }
  }
}
