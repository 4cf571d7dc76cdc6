package dev.fq.file.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets others do with a queue's files what they may do with its directory. A group shares a queue
 * by its directory's permissions, and the umask of one of its members must not shut the others out.
 *
 * <p>Files get more permissions than the umask gives, never fewer: what a directory keeps secret,
 * its own permissions do. Where there are none to speak of (Windows, in memory), nothing is done.
 *
 * <p>One chmod a file, and only where the umask takes something, which a probe tells once in a
 * process; and only files that fq has just made. Rejected: an option for files, since the directory
 * says it already.
 */
public final class Permissions {

  private static final Logger log = LoggerFactory.getLogger(Permissions.class);

  private static final String UNIX = "unix";
  private static final String MODE = "unix:mode";
  private static final int READ = 0444;
  private static final int WRITE = 0222;
  private static final int ALL = 07777;

  private final Path directory;
  private final Path probes;
  private final Random random;
  private final boolean known;

  /** Whether the umask takes what the directory gives; null until somebody asks. */
  private volatile @Nullable Boolean needed;

  /**
   * Those of this directory.
   *
   * @param probes where a file may be made for a moment
   */
  public Permissions(Path directory, Path probes, Random random) {
    this.directory = directory;
    this.probes = probes;
    this.random = random;
    this.known = areKnown(directory);
  }

  private static boolean areKnown(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains(UNIX);
  }

  /**
   * Gives this file, which this process has just made, what the directory's permissions say, as far
   * as that can be. RACE: others who may write in the directory may have put a link in its place
   * since, which is not followed.
   */
  public void giveTo(Path file) {
    if (!known) {
      return;
    }
    try {
      Boolean give = needed;
      if (give == null) {
        give = isMoreThanTheUmaskLeaves();
        needed = give;
      }
      if (give) {
        Files.setAttribute(file, MODE, wanted(modeOfFile(file)), LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      // It is another user's, or has been moved on, or is where there are no permissions.
      log.debug("{}: cannot be given the permissions of {}: {}", file, directory, e.toString());
    }
  }

  /** A file of ours may have been given permissions before; a new one has what the umask leaves. */
  private boolean isMoreThanTheUmaskLeaves() throws IOException {
    Path probe = probes.resolve("mode." + Nonces.next(random));
    try {
      AtomicFiles.write(probe, new byte[0]);
      int mode = modeOfFile(probe);
      return wanted(mode) != mode;
    } finally {
      AtomicFiles.removeProbe(probe);
    }
  }

  private int wanted(int mode) throws IOException {
    return mode | (mode(directory) & (READ | WRITE));
  }

  /**
   * Makes this directory, if it is missing, with these permissions, whatever the umask.
   *
   * @param mode as chmod(1) has it; null for what the umask gives
   */
  public static void makeDirectory(Path directory, @Nullable Integer mode) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (AtomicFiles.isRealDirectory(directory)) {
        return;
      }
      throw e;
    }
    if (mode != null && areKnown(directory) && mode(directory) != mode) {
      Files.setAttribute(directory, MODE, mode, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** The permissions of this directory as chmod(1) has them, or null where there are none. */
  public static @Nullable Integer of(Path directory) throws IOException {
    return areKnown(directory) ? mode(directory) : null;
  }

  private static int modeOfFile(Path file) throws IOException {
    return (int) Files.getAttribute(file, MODE, LinkOption.NOFOLLOW_LINKS) & ALL;
  }

  /** A queue's own directory may be named by a link to it. */
  private static int mode(Path directory) throws IOException {
    return (int) Files.getAttribute(directory, MODE) & ALL;
  }
}
