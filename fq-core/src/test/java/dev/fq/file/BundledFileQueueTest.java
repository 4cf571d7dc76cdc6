package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every sentence of the contract holds for tasks in bundles too. */
class BundledFileQueueTest extends FileQueueContract {

  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());

  /** How many tasks a bundle has at most. */
  protected int size() {
    return 1_000;
  }

  /** Inserts all tasks of a call in bundles. */
  @Override
  @SuppressWarnings("unchecked")
  protected QueueBackend open(MutableClock clock) throws IOException {
    QueueBackend queue = super.open(clock);
    return (QueueBackend)
        Proxy.newProxyInstance(
            QueueBackend.class.getClassLoader(),
            new Class<?>[] {QueueBackend.class},
            (proxy, method, arguments) -> {
              try {
                return method.getName().equals("insert")
                    ? queue.insertBundled((List<NewTask>) arguments[0], size())
                    : method.invoke(queue, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Queues are compared without what bundles here. */
  @Override
  @Test
  protected void queueIsTheSameAsItselfOpenedAgain() throws Exception {
    try (QueueBackend one = reopen(clock());
        QueueBackend other = reopen(clock())) {
      assertThat(queue().isSameAs(other)).isTrue();
      assertThat(one.isSameAs(other)).isTrue();
    }
  }

  @Override
  protected boolean damage(TaskId id) throws IOException {
    try (Stream<Path> files = Files.list(root().resolve("queue"))) {
      for (Path file : files.toList()) {
        if (Files.readString(file).contains(id.value())) {
          Files.writeString(file, "{\"pay\": 1, \"id\": \"" + id + "\"}\n");
        }
      }
    }
    return true;
  }

  @Override
  protected Path root() {
    return fileSystem.getPath("/work/q");
  }

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }
}
