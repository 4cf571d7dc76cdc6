package dev.fq.file;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** The contract over files in memory. */
class JimfsFileQueueTest extends FileQueueContract {

  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());

  @Override
  protected Path root() {
    return fileSystem.getPath("/work/q");
  }

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }
}
