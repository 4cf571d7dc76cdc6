package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.format.Layout;
import dev.fq.spi.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a queue's limit, in its directory.
 *
 * <p>{@code limit} says it: {@code 20}, {@code 5/s} or both. {@code limit.next-MILLIS}, where tasks
 * have a pace, says in its name when the next may begin, in milliseconds since 1970 by the file
 * server's time. Whoever begins one renames it to the time after, and only if the rename succeeds:
 * so no two processes take the same moment. Of several such files the latest counts, and the others
 * are removed.
 */
final class LimitFile {

  private final Path root;
  private final Permissions permissions;

  LimitFile(Path root, Permissions permissions) {
    this.root = root;
    this.permissions = permissions;
  }

  /**
   * What it says; null when it is not there.
   *
   * @throws IOException if it says something else
   */
  @Nullable Limit read() throws IOException {
    // By a listing: a client of NFS takes a name to be absent that it has looked for in vain.
    if (!Listing.names(root).contains(Layout.LIMIT)) {
      return null;
    }
    try {
      return Limit.parse(new String(AtomicFiles.read(path()), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path(), String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private Path path() {
    return root.resolve(Layout.LIMIT);
  }

  /** Writes the limit, in the place of one that is there. */
  void write(Limit limit, Path draft) throws IOException {
    AtomicFiles.write(draft, (limit + "\n").getBytes(StandardCharsets.UTF_8));
    permissions.giveTo(draft);
    AtomicFiles.move(draft, path());
  }

  /** Ends the limit. */
  void remove() throws IOException {
    AtomicFiles.delete(path());
    for (String name : nextNames()) {
      AtomicFiles.delete(root.resolve(name));
    }
  }

  private List<String> nextNames() throws IOException {
    return Listing.names(root).stream().filter(Layout::isNextOfLimit).toList();
  }

  /** When the next task may begin, in milliseconds; 0 when none has begun. */
  long next() throws IOException {
    long latest = -1;
    for (String name : nextNames()) {
      latest = Math.max(latest, Layout.nextOfLimit(name));
    }
    for (String name : nextNames()) {
      if (Layout.nextOfLimit(name) < latest) {
        AtomicFiles.delete(root.resolve(name));
      }
    }
    if (latest < 0) {
      makeNext();
    }
    return Math.max(0, latest);
  }

  private void makeNext() throws IOException {
    try {
      Path first = root.resolve(Layout.NEXT_OF_LIMIT + 0);
      Files.createFile(first);
      permissions.giveTo(first);
    } catch (FileAlreadyExistsException e) {
      // Another was faster.
    }
  }

  /**
   * Takes the moments from one time to another.
   *
   * @return false when somebody else was faster
   */
  boolean take(long from, long to) throws IOException {
    return AtomicFiles.move(
        root.resolve(Layout.NEXT_OF_LIMIT + from), root.resolve(Layout.NEXT_OF_LIMIT + to));
  }
}
