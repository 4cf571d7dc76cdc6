package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file that one worker writes, or wrote.
 *
 * @param from when it was begun, in whole seconds
 */
record WorkerFile(Path path, Instant from) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  static String name(Instant from, String holder, String suffix) {
    return TIME.format(from) + "-" + holder + suffix;
  }

  /** When the file of this name was begun; null when it is none with this suffix. */
  static @Nullable Instant beginning(String name, String suffix) {
    int end = name.indexOf('-');
    if (end < 0 || !name.endsWith(suffix)) {
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
    BasicFileAttributes found = attributes();
    return found == null || found.lastModifiedTime().toInstant().isBefore(time);
  }

  /** How many bytes it has. */
  long size() throws IOException {
    BasicFileAttributes found = attributes();
    return found == null ? 0 : found.size();
  }

  /** Null when it is gone. */
  private @Nullable BasicFileAttributes attributes() throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      // RACE: somebody has pruned it.
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      throw e;
    }
  }
}
