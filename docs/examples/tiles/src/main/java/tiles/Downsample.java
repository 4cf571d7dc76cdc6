package tiles;

import dev.fq.Task;
import dev.fq.TaskContext;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes one tile of an overview, which has half the side of its image.
 *
 * @param image the image
 * @param overview where the overview is made
 * @param side the side of the image in pixels
 * @param x the tile's left side in the overview
 * @param y the tile's upper side in the overview
 * @param size the tile's side in pixels of the overview
 */
public record Downsample(Path image, Path overview, int side, int x, int y, int size)
    implements Task {

  @Override
  public void execute(TaskContext context) throws IOException {
    for (int row = y; row < y + size; row++) {
      byte[] upper = Image.read(image, side, 2 * x, 2 * row, 2 * size);
      byte[] lower = Image.read(image, side, 2 * x, 2 * row + 1, 2 * size);
      byte[] means = new byte[size];
      for (int i = 0; i < size; i++) {
        means[i] = Image.mean(upper, lower, 2 * i);
      }
      Image.write(overview, side / 2, x, row, means);
    }
  }
}
