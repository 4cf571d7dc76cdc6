package dev.fq.cli.chaos;

import dev.fq.spi.Capability;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Inserts tasks in small batches, every other one as a bundle where the queue has bundles, until it
 * is killed, or all are in: those that it means to insert are in its journal before, and those
 * whose insert returned are again after.
 */
final class Producer {

  private static final int BATCH = 25;
  private static final int ONE_POISON_IN = 100;

  private Producer() {}

  /**
   * Inserts.
   *
   * @param args the queue's address, the directory of journals, how many tasks, a seed,
   *     milliseconds between batches, milliseconds that the longest task takes
   */
  public static void main(String[] args) throws Exception {
    Journal journal = new Journal(Path.of(args[1]));
    int count = Integer.parseInt(args[2]);
    Random random = new Random(Long.parseLong(args[3]));
    int longest = Integer.parseInt(args[5]);
    try (QueueBackend queue =
        QueueBackendProvider.openQueue(QueueUrl.parse(args[0]), OpenMode.CREATE)) {
      boolean bundles = queue.capabilities().contains(Capability.BUNDLES);
      for (int left = count; left > 0; left -= BATCH) {
        List<NewTask> batch = batch(Math.min(BATCH, left), longest, random);
        for (NewTask task : batch) {
          journal.write("intended", task.id());
        }
        if (bundles && random.nextBoolean()) {
          queue.insertBundled(batch, BATCH);
        } else {
          queue.insert(batch);
        }
        for (NewTask task : batch) {
          journal.write("inserted", task.id());
        }
        Thread.sleep(Long.parseLong(args[4]));
      }
    }
  }

  private static List<NewTask> batch(int size, int longest, Random random) throws Exception {
    List<NewTask> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String json =
          "{\"millis\": %d, \"poison\": %b, \"class\": \"ChaosTask\"}"
              .formatted(random.nextInt(longest), random.nextInt(ONE_POISON_IN) == 0);
      batch.add(NewTask.of(Payload.ofJson(json), Duration.ZERO));
    }
    return batch;
  }
}
