package dev.fq.file;

import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens {@code fq:///absolute/path} and {@code fq://./relative/path} on the default file system.
 * Its one option is {@code durable=true}: {@link FileQueue.Builder#durable}.
 */
public final class FileQueueProvider implements QueueBackendProvider {

  private static final String DURABLE = "durable";

  /** For {@link java.util.ServiceLoader}. */
  public FileQueueProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("fq");
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws IOException {
    url.requireKnownOptions(Set.of(DURABLE));
    return FileQueue.at(Path.of(url.place())).durable(url.flag(DURABLE)).open(mode);
  }
}
