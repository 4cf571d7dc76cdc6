package tiles;

import static dev.fq.Functions.call;

import dev.fq.InsertOptions;
import dev.fq.ProgressBar;
import dev.fq.Task;
import dev.fq.TaskQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes an image and inserts the tasks that make its overview, or those that check it. */
public final class InsertTiles {

  private static final int TILE = 4;

  private InsertTiles() {}

  /**
   * @param args {@code make|check QUEUE DIRECTORY TILES}
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("expected make|check QUEUE DIRECTORY TILES");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(args[2])).toAbsolutePath();
    Path image = directory.resolve("image.raw");
    Path overview = directory.resolve("overview.raw");
    int tiles = Integer.parseInt(args[3]);
    int tilesInARow = (int) Math.ceil(Math.sqrt(tiles));
    int side = 2 * TILE * tilesInARow;

    Stream<Task> tasks;
    long total;
    if (args[0].equals("make")) {
      Image.make(image, side);
      total = tiles;
      tasks =
          IntStream.range(0, tiles)
              .mapToObj(
                  i -> {
                    int x = TILE * (i % tilesInARow);
                    int y = TILE * (i / tilesInARow);
                    return new Downsample(image, overview, side, x, y, TILE);
                  });
    } else {
      total = (long) TILE * (tiles / tilesInARow);
      tasks =
          IntStream.range(0, (int) total)
              .mapToObj(row -> call(Checks::checkRow, image, overview, side, row));
    }
    try (TaskQueue queue = TaskQueue.open(args[1]);
        ProgressBar bar = ProgressBar.named("inserting")) {
      long inserted = queue.insert(tasks, InsertOptions.none().total(total).progress(bar));
      System.out.println("inserted " + inserted);
    }
  }
}
