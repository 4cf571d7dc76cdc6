package dev.fq.file;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract over files on a real disk. */
class DiskFileQueueTest extends FileQueueContract {

  @TempDir private Path directory;

  @Override
  protected Path root() {
    return directory.resolve("q");
  }
}
