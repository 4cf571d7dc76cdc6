package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.file.FileRecords;
import dev.fq.spi.OutputLog;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the output of tasks is kept: in the queue, or in a directory beside it. */
final class OutputArgument {

  static final String NAME = "--output-dir";

  @Option(
      names = NAME,
      paramLabel = "DIR",
      description =
          "Where the output of tasks is kept; in the queue unless given. SQS and Pub/Sub keep none,"
              + " and so need it.")
  private @Nullable Path directory;

  /** Null unless a directory is given. */
  @Nullable OutputLog given() throws IOException {
    return directory == null ? null : FileRecords.outputIn(directory);
  }

  /** That of the queue unless a directory is given. */
  OutputLog of(TaskQueue tasks) throws IOException {
    OutputLog given = given();
    return given == null
        ? tasks
            .backend()
            .output()
            .orElseThrow(
                () ->
                    new IOException(
                        tasks + ": this kind of queue keeps no output; give --output-dir DIR"))
        : given;
  }
}
