package dev.fq.file.outcome;

import dev.fq.file.disk.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file of outcomes.
 *
 * @param from when its first outcome was written, in whole seconds
 */
record OutcomeFile(Path path, Instant from) {

  private static final String SUFFIX = ".jsonl";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  static String name(Instant from, String holder) {
    return TIME.format(from) + "-" + holder + SUFFIX;
  }

  /** From when on the file of this name has outcomes; null when it is none. */
  static @Nullable Instant beginning(String name) {
    int end = name.indexOf('-');
    if (end < 0 || !name.endsWith(SUFFIX)) {
      return null;
    }
    try {
      return Instant.from(TIME.parse(name.substring(0, end)));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Whether nothing was written to it since then. */
  boolean isOlderThan(Instant time) throws IOException {
    try {
      return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(time);
    } catch (IOException e) {
      // RACE: somebody has pruned it.
      if (AtomicFiles.isGone(e)) {
        return true;
      }
      throw e;
    }
  }
}
