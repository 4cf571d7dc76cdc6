package dev.fq.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Brings the counts of all hosts into the two files that python-task-queue reads. A sum is written
 * aside, then what it is the sum of is removed, then it is put in place: whoever is killed on the
 * way leaves the sum or what it was made of, and never both to be counted.
 */
final class CounterMerge {

  private static final int CHUNK = 8_192;

  private final QueueDirectory directory;
  private final Path root;
  private final Permissions permissions;
  private final Random random;

  CounterMerge(QueueDirectory directory, Permissions permissions, Random random) {
    this.directory = directory;
    this.root = directory.root();
    this.permissions = permissions;
    this.random = random;
  }

  void run() throws IOException {
    Counters.Totals totals = Counters.totals(root);
    merge(
        Counters.INSERTIONS,
        out -> out.write(Long.toString(totals.inserted()).getBytes(StandardCharsets.US_ASCII)));
    merge(Counters.COMPLETIONS, out -> writeBytes(out, totals.completed()));
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private void merge(String kind, Content content) throws IOException {
    Path sum = root.resolve("." + kind + ".sum");
    if (!Files.exists(sum)) {
      Path draft = directory.draft(kind, random);
      try (OutputStream out = Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(out);
      }
      AtomicFiles.move(draft, sum);
    }
    Listing.forEach(
        root,
        name -> {
          if (Counters.isCounterOf(kind, name)) {
            AtomicFiles.delete(root.resolve(name));
          }
        });
    AtomicFiles.move(sum, root.resolve(kind));
    permissions.giveTo(root.resolve(kind));
  }

  private static void writeBytes(OutputStream out, long count) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (long left = count; left > 0; left -= CHUNK) {
      out.write(chunk, 0, (int) Math.min(left, CHUNK));
    }
  }
}
