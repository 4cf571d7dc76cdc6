package dev.fq.file;

import dev.fq.file.disk.Permissions;
import dev.fq.file.format.Holders;
import dev.fq.file.outcome.OutcomeDirectory;
import dev.fq.spi.AbsolutePath;
import dev.fq.spi.OutcomeLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Outcomes in a directory of the user's, for queues that keep none themselves. */
public final class FileOutcomes {

  private FileOutcomes() {}

  /**
   * The outcomes in this directory, or link to one, which is made with the first that is written.
   *
   * @throws IOException if there is no directory to make it in
   */
  public static OutcomeLog in(Path directory) throws IOException {
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
    return new OutcomeDirectory(
        absolute, new Permissions(absolute, absolute, random), Holders.here(random)::next);
  }
}
