package dev.fq.file.counter;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Nonces;
import dev.fq.file.disk.Permissions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;

/**
 * Brings the counts of all hosts into the two files that python-task-queue reads.
 *
 * <p>Counters are renamed to be parts; their sum is put beside them, in one step, and from then on
 * they count no more and it does; then they are removed, and it gets its name. So whoever is killed
 * on the way, everything counts once, and what others count meanwhile counts too.
 *
 * <p>Rejected: adding one host's count after the other's, of which a kill counts one twice or not
 * at all.
 */
public final class CounterMerge {

  private static final int CHUNK = 8_192;

  private final Path root;
  private final Path tmp;
  private final Permissions permissions;
  private final Random random;

  /**
   * @param root where counters are
   * @param tmp where sums are written before they count
   */
  public CounterMerge(Path root, Path tmp, Permissions permissions, Random random) {
    this.root = root;
    this.tmp = tmp;
    this.permissions = permissions;
    this.random = random;
  }

  public void run() throws IOException {
    merge(CounterNames.INSERTIONS, CounterMerge::writeDecimal);
    merge(CounterNames.COMPLETIONS, CounterMerge::writeBytes);
  }

  private void merge(String kind, Form form) throws IOException {
    finish(kind);
    List<String> counting = CounterNames.counting(kind, Listing.names(root));
    if (counting.isEmpty() || counting.equals(List.of(kind))) {
      return;
    }
    for (String name : counting) {
      if (!CounterNames.isPart(name)) {
        AtomicFiles.move(root.resolve(name), part(name));
      }
    }
    writeSum(kind, form);
    finish(kind);
  }

  /** One that nobody has, since a killed merge may have left one of the same counter. */
  private Path part(String name) {
    return root.resolve(CounterNames.part(name, Nonces.next(random)));
  }

  private void writeSum(String kind, Form form) throws IOException {
    Path draft = tmp.resolve(kind + "." + Nonces.next(random));
    try (FileChannel file =
            FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(file)) {
      form.write(Counters.total(root, kind, Listing.names(root)), out);
      file.force(true);
    }
    permissions.giveTo(draft);
    AtomicFiles.move(draft, root.resolve(CounterNames.sum(kind)));
  }

  /** Removes what is in the sum, then gives it its name, or makes it a part when that is taken. */
  private void finish(String kind) throws IOException {
    List<String> names = Listing.names(root);
    String sum = CounterNames.sum(kind);
    if (!names.contains(sum)) {
      return;
    }
    for (String name : names) {
      if (CounterNames.isPartOf(kind, name)) {
        AtomicFiles.delete(root.resolve(name));
      }
    }
    AtomicFiles.move(root.resolve(sum), names.contains(kind) ? part(kind) : root.resolve(kind));
  }

  /** How a count is written. */
  private interface Form {
    void write(long count, OutputStream out) throws IOException;
  }

  private static void writeDecimal(long count, OutputStream out) throws IOException {
    out.write(Long.toString(count).getBytes(StandardCharsets.US_ASCII));
  }

  private static void writeBytes(long count, OutputStream out) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (long left = count; left > 0; left -= CHUNK) {
      out.write(chunk, 0, (int) Math.min(left, CHUNK));
    }
  }
}
