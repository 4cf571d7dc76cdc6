package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.file.FileRecords;
import dev.fq.spi.OutcomeLog;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where outcomes are: in the queue, or in a directory beside it. */
final class RecordArgument {

  @Option(
      names = "--record-dir",
      paramLabel = "DIR",
      description =
          "Where the outcomes of attempts, and their results, are; in the queue unless given. SQS and"
              + " Pub/Sub keep none, and so need it.")
  private @Nullable Path directory;

  /** Null unless a directory is given. */
  @Nullable OutcomeLog given() throws IOException {
    return directory == null ? null : FileRecords.outcomesIn(directory);
  }

  /** Those of the queue unless a directory is given. */
  OutcomeLog of(TaskQueue tasks) throws IOException {
    OutcomeLog given = given();
    return given == null ? ofQueue(tasks) : given;
  }

  static OutcomeLog ofQueue(TaskQueue tasks) throws IOException {
    return tasks
        .backend()
        .outcomes()
        .orElseThrow(
            () ->
                new IOException(
                    tasks + ": this kind of queue keeps no outcomes; give --record-dir DIR"));
  }
}
