package dev.fq.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How many tasks were inserted and completed. This host appends to its own two files; the totals
 * are over the files of all hosts, and over the two that python-task-queue writes.
 *
 * <p>A step that has taken place is not undone because it could not be counted (the disk is full).
 * What has not been written for sure is owed, and is written with the next count; what may have
 * been is not, since a count that is too high would tell of work that was never done.
 */
final class Counters {

  private static final Logger log = LoggerFactory.getLogger(Counters.class);

  private static final String INSERTIONS = "insertions";
  private static final String COMPLETIONS = "completions";

  private final Path root;
  private final Counter insertions;
  private final Counter completions;

  Counters(Path root, String host, Permissions permissions) {
    this.root = root;
    this.insertions = new Counter(root.resolve(INSERTIONS + "." + host), permissions);
    this.completions = new Counter(root.resolve(COMPLETIONS + "." + host), permissions);
  }

  /** One file of this host. */
  private record Counter(Path file, Permissions permissions, AtomicInteger owed) {

    Counter(Path file, Permissions permissions) {
      this(file, permissions, new AtomicInteger());
    }

    void add(int count) {
      int owedBefore = owed.getAndSet(0);
      if (count + owedBefore == 0) {
        return;
      }
      byte[] bytes = new byte[count + owedBefore];
      Arrays.fill(bytes, (byte) '.');
      boolean nothingWritten = true;
      try (OutputStream out = AtomicFiles.openAtTheEnd(file)) {
        // One byte is written or is not; of many, some may be.
        nothingWritten = bytes.length == 1;
        out.write(bytes);
        // What goes wrong at closing, as full disks do on NFS, says nothing about each byte.
        nothingWritten = false;
        permissions.giveTo(file);
      } catch (IOException e) {
        if (nothingWritten) {
          owed.addAndGet(bytes.length);
        }
        log.atLevel(owedBefore == 0 ? Level.WARN : Level.DEBUG)
            .log(
                "{}: {} not counted{}: {}",
                file,
                bytes.length,
                nothingWritten ? ", to be tried again with the next" : "",
                e.toString());
      }
    }

    void settle() {
      add(0);
      if (owed.get() > 0) {
        log.warn("{}: could not be written; its count is {} too low", file, owed);
      }
    }
  }

  /** Whether a file of this name in a queue's directory counts something. */
  static boolean isCounter(String fileName) {
    return isCounterOf(INSERTIONS, fileName) || isCounterOf(COMPLETIONS, fileName);
  }

  private static boolean isCounterOf(String kind, String fileName) {
    return fileName.equals(kind) || fileName.startsWith(kind + ".");
  }

  void inserted(int count) {
    insertions.add(count);
  }

  void completed(int count) {
    completions.add(count);
  }

  /** Writes what is still owed, as far as that can be. */
  void settle() {
    insertions.settle();
    completions.settle();
  }

  record Totals(long inserted, long completed) {}

  Totals totals() throws IOException {
    long[] inserted = {0};
    long[] completed = {0};
    Listing.forEach(
        root,
        name -> {
          if (name.equals(INSERTIONS)) {
            inserted[0] += decimal(root.resolve(name));
          } else if (isCounterOf(INSERTIONS, name)) {
            inserted[0] += size(root.resolve(name));
          } else if (isCounterOf(COMPLETIONS, name)) {
            completed[0] += size(root.resolve(name));
          }
        });
    return new Totals(inserted[0], completed[0]);
  }

  /**
   * Opened, since NFS clients ask the server for a file's size when they open it, and else go by
   * what they heard up to a minute ago.
   */
  private static long size(Path file) throws IOException {
    try (SeekableByteChannel opened = Files.newByteChannel(file)) {
      return opened.size();
    } catch (IOException e) {
      // RACE: another has set the counts to zero between our listing and our look.
      if (AtomicFiles.isGone(e)) {
        return 0;
      }
      throw e;
    }
  }

  private static long decimal(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": expected a decimal number, found \"" + text + "\"", e);
    }
  }

  /** Back to zero, by deleting: another host may be appending, and its next byte makes the file. */
  void rezero() throws IOException {
    Listing.forEach(
        root,
        name -> {
          if (isCounter(name)) {
            AtomicFiles.delete(root.resolve(name));
          }
        });
  }
}
