package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** How a queue is emptied whose tasks can be had only by leasing them. */
public final class Drain {

  private Drain() {}

  /**
   * Leases and deletes until nothing is left that nobody holds.
   *
   * @param batch how many to lease at once
   * @param lease for how long, which is what a batch may take to be deleted
   * @return how many were deleted
   */
  public static long all(QueueBackend queue, int batch, Duration lease) throws IOException {
    long deleted = 0;
    try {
      List<Lease> leases = queue.lease(batch, lease, Duration.ZERO);
      while (!leases.isEmpty()) {
        deleted += (long) leases.size() - queue.deleteEach(leases).size();
        leases = queue.lease(batch, lease, Duration.ZERO);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(
          "%s: interrupted after %s were removed".formatted(queue.url(), deleted), e);
    }
    return deleted;
  }
}
