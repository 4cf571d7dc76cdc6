package dev.fq.file;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** The contract in a directory that python-task-queue's workers may share. */
class PythonNamesQueueTest extends FileQueueContract {

  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());

  @Override
  protected Path root() {
    return fileSystem.getPath("/work/q");
  }

  @Override
  protected boolean isSharedWithPython() {
    return true;
  }

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }
}
