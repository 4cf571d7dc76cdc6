package dev.fq.file;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.MutableClock;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.lucene.tests.mockfile.ShuffleFS;
import org.junit.jupiter.api.AfterEach;

/** The contract where listings come in any order and strangers have left files everywhere. */
class ShuffledFileQueueTest extends FileQueueContract {

  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final long seed = new Random().nextLong();
  private final ShuffleFS shuffled = new ShuffleFS(inMemory, seed);

  @Override
  protected Path root() {
    return shuffled.wrapPath(inMemory.getPath("/work/q"));
  }

  @Override
  protected QueueBackend open(MutableClock clock) throws IOException {
    QueueBackend queue = super.open(clock);
    strewForeignFiles(root());
    return queue;
  }

  static void strewForeignFiles(Path root) throws IOException {
    Files.writeString(root.resolve("README"), "This is where our tasks are.");
    Files.writeString(root.resolve("queue/.nfs000000000000007600000001"), "silly");
    Files.writeString(root.resolve("queue/0--not a task.json"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/0--a.json~"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/0--a.json.swp"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/0--a.x.json"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/0--a.0.json"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/0--a.1.h.x.json"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/x--a.json"), "{\"payload\": 1}");
    Files.writeString(root.resolve("queue/notes.json"), "{\"payload\": 1}");
    Files.createDirectory(root.resolve("queue/lost+found"));
    Files.writeString(root.resolve("tmp/half"), "{\"payl");
    Files.writeString(root.resolve("dead/notes.txt"), "ask Ann");
    Files.createDirectory(root.resolve("dead/old"));
  }

  @AfterEach
  void closeFileSystem() throws IOException {
    inMemory.close();
  }
}
