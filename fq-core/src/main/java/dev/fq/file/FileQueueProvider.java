package dev.fq.file;

import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueOption;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Opens {@code fq:///absolute/path} and {@code fq://./relative/path} on the default file system.
 * The options are {@code create=true}, which makes the queue whatever the mode says, {@code
 * durable=true}, {@link FileQueue.Builder#durable}, {@code ordered=true}, {@link
 * FileQueue.Builder#ordered}, {@code mode=2770}, {@link FileQueue.Builder#permissions}, and {@code
 * python=true}, {@link FileQueue.Builder#sharedWithPython}.
 */
public final class FileQueueProvider implements QueueBackendProvider {

  private static final String DURABLE = "durable";
  private static final String ORDERED = "ordered";
  private static final String MODE = "mode";
  private static final String PYTHON = "python";

  private static final List<QueueOption> OPTIONS =
      List.of(
          QueueOption.CREATE_QUEUE,
          QueueOption.inAddresses(DURABLE, "", "An insert outlasts a power cut."),
          QueueOption.inAddresses(ORDERED, "", "Tasks are leased in the order of their ids."),
          QueueOption.inAddresses(MODE, "OCTAL", "The permissions of a queue that is made."),
          QueueOption.inAddresses(PYTHON, "", "A queue that is made is shared with Python."));

  /** For {@link java.util.ServiceLoader}. */
  public FileQueueProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("fq");
  }

  @Override
  public String example() {
    return "fq:///data/q";
  }

  @Override
  public List<QueueOption> options() {
    return OPTIONS;
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) throws IOException {
    url.requireKnownOptions(OPTIONS);
    FileQueue.Builder builder =
        FileQueue.at(Path.of(url.place()))
            .durable(url.flag(DURABLE))
            .ordered(url.flag(ORDERED))
            .sharedWithPython(url.flag(PYTHON));
    String permissions = url.options().get(MODE);
    if (permissions != null) {
      builder.permissions(permissions);
    }
    return builder.open(url.flag(QueueOption.CREATE_QUEUE.name()) ? OpenMode.CREATE : mode);
  }
}
