package dev.fq.bench;

import dev.fq.WorkerBuilder;
import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The file queue, with a thousand tasks in a file as long as a batch has so many.
 *
 * <p>Forced, its inserts are durable; its completions are not, since one file is not all that a
 * completion of a bundle's task changes.
 */
final class BundleContender implements Contender {

  private static final int SIZE = 1_000;
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final FileQueue queue;

  BundleContender(Path directory, boolean forced) throws IOException {
    this.queue = FileQueue.at(directory.resolve("q")).durable(forced).open(OpenMode.CREATE);
  }

  @Override
  public void insert(List<NewTask> batch) throws IOException {
    queue.insertBundled(batch, SIZE);
  }

  @Override
  public int leaseAndComplete(int max) throws Exception {
    List<Lease> leases = queue.lease(max, LEASE, Duration.ZERO);
    List<Lease> lost = queue.completeEach(leases);
    if (!lost.isEmpty()) {
      throw new IllegalStateException("lost " + lost);
    }
    return leases.size();
  }

  /** As everybody works on bundles: completions of quick tasks are the worker's to gather. */
  @Override
  public long work() throws Exception {
    return WorkerBuilder.of(queue, context -> {})
        .leaseTime(LEASE)
        .exitOnEmpty(true)
        .build()
        .run()
        .completed();
  }

  @Override
  public void close() throws IOException {
    queue.close();
  }
}
