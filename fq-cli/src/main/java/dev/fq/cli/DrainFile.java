package dev.fq.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file whose appearance asks workers to begin nothing more.
 *
 * <p>It is looked for by listing its directory: NFS clients remember that a name did not exist.
 */
final class DrainFile {

  private final Path file;

  DrainFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /**
   * Whether it is there. The directory is listed for this: an NFS client remembers for up to a
   * minute that a name did not exist, while it asks the server anew for a listing.
   *
   * @return false also while the directory cannot be read
   */
  boolean isThere() {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(file.resolveSibling(""), file::equals)) {
      return found.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }
}
