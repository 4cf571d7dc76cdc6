package dev.fq.bench;

import dev.fq.spi.NewTask;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A queue in a directory that is compared with others; safe for any number of threads. */
interface Contender extends Closeable {

  /** Inserts these as one batch. */
  void insert(List<NewTask> batch) throws Exception;

  /**
   * Leases up to so many tasks, reads them and completes each.
   *
   * @return how many there were
   */
  int leaseAndComplete(int max) throws Exception;

  /**
   * Works until nothing is waiting.
   *
   * @return how many tasks this process has done
   */
  default long work() throws Exception {
    long done = 0;
    for (int more = leaseAndComplete(1); more > 0; more = leaseAndComplete(1)) {
      done += more;
    }
    return done;
  }

  /**
   * The contender of this name, with an empty queue.
   *
   * @param forced whether it forces to disk whatever it does before it goes on
   */
  static Contender of(String name, Path directory, boolean forced) throws Exception {
    return switch (name) {
      case "fq" -> new FqContender(directory, forced, false);
      case "fq-bundles" -> new BundleContender(directory, forced);
      case "fq-shared" -> new FqContender(directory, forced, true);
      case "floor" -> new FloorContender(directory, forced);
      case "sqlite" -> new SqliteContender(directory, forced, Clock.systemUTC());
      default ->
          throw new IllegalArgumentException(
              "contender \"" + name + "\": expected fq, fq-bundles, fq-shared, floor or sqlite");
    };
  }
}
