package dev.fq.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How many tasks were inserted and completed. This host appends to its own two files; the totals
 * are over the files of all hosts, and over the two that python-task-queue writes.
 */
final class Counters {

  private static final String INSERTIONS = "insertions";
  private static final String COMPLETIONS = "completions";

  private final Path root;
  private final Path insertions;
  private final Path completions;

  Counters(Path root, String host) {
    this.root = root;
    this.insertions = root.resolve(INSERTIONS + "." + host);
    this.completions = root.resolve(COMPLETIONS + "." + host);
  }

  /** Whether a file of this name in a queue's directory counts something. */
  static boolean isCounter(String fileName) {
    return isCounterOf(INSERTIONS, fileName) || isCounterOf(COMPLETIONS, fileName);
  }

  private static boolean isCounterOf(String kind, String fileName) {
    return fileName.equals(kind) || fileName.startsWith(kind + ".");
  }

  void inserted(int count) throws IOException {
    append(insertions, count);
  }

  void completed(int count) throws IOException {
    append(completions, count);
  }

  private static void append(Path counter, int count) throws IOException {
    if (count == 0) {
      return;
    }
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) '.');
    AtomicFiles.append(counter, bytes);
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
            inserted[0] += Files.size(root.resolve(name));
          } else if (isCounterOf(COMPLETIONS, name)) {
            completed[0] += Files.size(root.resolve(name));
          }
        });
    return new Totals(inserted[0], completed[0]);
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
