package dev.fq.file;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Every sentence of the contract holds for tasks in bundles of three too, on a real disk. */
class BundlesOfThreeTest extends BundledFileQueueTest {

  @TempDir private Path directory;

  @Override
  protected Path root() {
    return directory.resolve("q");
  }

  @Override
  protected int size() {
    return 3;
  }
}
