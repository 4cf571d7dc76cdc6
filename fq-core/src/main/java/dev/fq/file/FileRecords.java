package dev.fq.file;

import dev.fq.file.disk.Permissions;
import dev.fq.file.format.Holders;
import dev.fq.file.record.OutcomeDirectory;
import dev.fq.file.record.OutputDirectory;
import dev.fq.file.record.WorkerFiles;
import dev.fq.spi.AbsolutePath;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;

/**
 * What workers record, in directories of the user's, for queues that keep no records themselves.
 */
public final class FileRecords {

  private FileRecords() {}

  /**
   * The outcomes in this directory, or link to one, which is made with the first that is written.
   *
   * @throws IOException if there is no directory to make it in
   */
  public static OutcomeLog outcomesIn(Path directory) throws IOException {
    return new OutcomeDirectory(in(directory));
  }

  /**
   * The output of tasks in this directory, as {@link #outcomesIn}; not a directory of outcomes.
   *
   * @throws IOException if there is no directory to make it in
   */
  public static OutputLog outputIn(Path directory) throws IOException {
    return new OutputDirectory(in(directory), Clock.systemUTC());
  }

  private static WorkerFiles in(Path directory) throws IOException {
    Path absolute = AbsolutePath.of(directory);
    Path parent = absolute.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new IOException(
          "%s: expected its parent to be a directory, found none; make it, or check the path"
              .formatted(absolute));
    }
    if (Files.isDirectory(absolute)) {
      // It is the user's own, and may be a link.
      absolute = absolute.toRealPath();
    }
    Random random = new Random();
    return new WorkerFiles(
        absolute, new Permissions(absolute, absolute, random), Holders.here(random)::next);
  }
}
