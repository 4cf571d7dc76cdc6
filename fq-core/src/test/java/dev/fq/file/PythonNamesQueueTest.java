package dev.fq.file;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract in a directory that python-task-queue's workers may share; on a real disk, where
 * files can be locked.
 */
class PythonNamesQueueTest extends FileQueueContract {

  @TempDir private Path directory;

  @Override
  protected Path root() {
    return directory.resolve("q");
  }

  @Override
  protected boolean isSharedWithPython() {
    return true;
  }

  /** Only Python's workers are not told. */
  @Override
  protected boolean tellsOfOtherProcesses() {
    return true;
  }
}
