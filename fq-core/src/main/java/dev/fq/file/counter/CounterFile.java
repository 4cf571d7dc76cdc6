package dev.fq.file.counter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A file that counts something, and to which this process adds.
 *
 * <p>A step that has taken place is not undone because it could not be counted (the disk is full).
 * What has not been written for sure is owed, and is written with the next count; what may have
 * been is not, since a count that is too high would tell of work that was never done.
 */
abstract class CounterFile {

  private static final Logger log = LoggerFactory.getLogger(CounterFile.class);

  private final Path file;
  private final AtomicInteger owed = new AtomicInteger();

  CounterFile(Path file) {
    this.file = file;
  }

  /** Says that, for all one can know, some of a count has been written. */
  static final class PartlyWrittenException extends IOException {
    private static final long serialVersionUID = 1;

    PartlyWrittenException(IOException cause) {
      super(cause.toString(), cause);
    }
  }

  /**
   * Adds to the count in the file.
   *
   * @throws PartlyWrittenException if some of it may have been added; after any other exception
   *     nothing has
   */
  abstract void write(int count) throws IOException;

  final Path file() {
    return file;
  }

  final void add(int count) {
    int owedBefore = owed.getAndSet(0);
    int sum = count + owedBefore;
    if (sum == 0) {
      return;
    }
    try {
      write(sum);
    } catch (PartlyWrittenException e) {
      tell(owedBefore, sum, "", e);
    } catch (IOException e) {
      owed.addAndGet(sum);
      tell(owedBefore, sum, ", to be tried again with the next", e);
    }
  }

  private void tell(int owedBefore, int count, String outlook, IOException e) {
    log.atLevel(owedBefore == 0 ? Level.WARN : Level.DEBUG)
        .log("{}: {} not counted{}: {}", file, count, outlook, e.getMessage());
  }

  /** Writes what is still owed, as far as that can be. */
  final void settle() {
    add(0);
    if (owed.get() > 0) {
      log.warn("{}: could not be written; its count is {} too low", file, owed);
    }
  }
}
