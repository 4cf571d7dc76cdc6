package dev.fq.file.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What inserts that were killed have left in {@code tmp/}. */
public final class Leftovers {

  /** No insert takes this long between its write and its rename. */
  static final Duration AGE = Duration.ofDays(1);

  private Leftovers() {}

  /**
   * Removes what is older than {@link #AGE}.
   *
   * @return how many files
   */
  public static int remove(Path tmp, Instant now) throws IOException {
    int[] removed = {0};
    Listing.forEach(
        tmp,
        name -> {
          Path file = tmp.resolve(name);
          removed[0] += isOld(file, now) && AtomicFiles.delete(file) ? 1 : 0;
        });
    return removed[0];
  }

  /** How many files {@link #remove} would. */
  public static int count(Path tmp, Instant now) throws IOException {
    int[] old = {0};
    Listing.forEach(tmp, name -> old[0] += isOld(tmp.resolve(name), now) ? 1 : 0);
    return old[0];
  }

  private static boolean isOld(Path file, Instant now) throws IOException {
    return isUntouched(file, now) && Files.isRegularFile(file);
  }

  /** Whether nobody has written to this file, or changed this directory, for {@link #AGE}. */
  public static boolean isUntouched(Path file, Instant now) throws IOException {
    try {
      Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      return written.plus(AGE).isBefore(now);
    } catch (IOException e) {
      // RACE: another inserter renamed or removed it between our listing and our look.
      if (AtomicFiles.isGone(e)) {
        return false;
      }
      throw e;
    }
  }
}
