package dev.fq.file.counter;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * How many tasks were inserted and completed. This host appends to its own two files, or to the two
 * that python-task-queue writes where a queue is shared with it; the totals are over all.
 */
public final class Counters {

  private static final byte DOT = '.';
  private static final byte NUL = 0;

  private final Path root;
  private final CounterFile insertions;
  private final CounterFile completions;
  private final Reset afterwards;

  private Counters(Path root, CounterFile insertions, CounterFile completions, Reset afterwards) {
    this.root = root;
    this.insertions = insertions;
    this.completions = completions;
    this.afterwards = afterwards;
  }

  private interface Reset {
    void run() throws IOException;
  }

  /** This host's own files, one byte each. */
  public static Counters ofHost(Path root, String host, Permissions permissions) {
    return new Counters(
        root,
        new ByteCounter(root.resolve(CounterNames.INSERTIONS + "." + host), DOT, permissions),
        new ByteCounter(root.resolve(CounterNames.COMPLETIONS + "." + host), DOT, permissions),
        () -> {});
  }

  /** The two files that python-task-queue writes. */
  public static Counters ofPython(Path root, Permissions permissions) {
    DecimalCounter insertions =
        new DecimalCounter(root.resolve(CounterNames.INSERTIONS), permissions);
    Path completions = root.resolve(CounterNames.COMPLETIONS);
    return new Counters(
        root,
        insertions,
        new ByteCounter(completions, NUL, permissions),
        () -> {
          insertions.reset();
          AtomicFiles.append(completions, new byte[0], permissions::giveTo);
        });
  }

  public void inserted(int count) {
    insertions.add(count);
  }

  public void completed(int count) {
    completions.add(count);
  }

  /** Writes what is still owed, as far as that can be. */
  public void settle() {
    insertions.settle();
    completions.settle();
  }

  public record Totals(long inserted, long completed) {}

  public Totals totals() throws IOException {
    return totals(root);
  }

  /** Those of the queue in this directory. */
  public static Totals totals(Path root) throws IOException {
    List<String> names = Listing.names(root);
    // In this order: what goes in and is completed meanwhile makes no more completed than inserted.
    long completed = total(root, CounterNames.COMPLETIONS, names);
    return new Totals(total(root, CounterNames.INSERTIONS, names), completed);
  }

  /** The count of one kind, by those of these names in this directory that tell of it. */
  static long total(Path root, String kind, List<String> names) throws IOException {
    long total = 0;
    for (String name : CounterNames.counting(kind, names)) {
      Path file = root.resolve(name);
      total += CounterNames.isDecimal(name) ? decimal(file) : size(file);
    }
    return total;
  }

  /**
   * Opened, since NFS clients ask the server for a file's size when they open it, and else go by
   * what they heard up to a minute ago.
   */
  private static long size(Path file) throws IOException {
    try {
      AtomicFiles.requireRegular(file);
      try (SeekableByteChannel opened = Files.newByteChannel(file, LinkOption.NOFOLLOW_LINKS)) {
        return opened.size();
      }
    } catch (IOException e) {
      // RACE: another has set the counts to zero between our listing and our look.
      if (AtomicFiles.isGone(e)) {
        return 0;
      }
      throw e;
    }
  }

  private static long decimal(Path file) throws IOException {
    try {
      return DecimalCounter.read(file);
    } catch (IOException e) {
      // RACE: as above.
      if (AtomicFiles.isGone(e)) {
        return 0;
      }
      throw e;
    }
  }

  /** Back to zero, by deleting: another host may be appending, and its next byte makes the file. */
  public void rezero() throws IOException {
    for (String name : Listing.names(root)) {
      if (CounterNames.isAnyCounter(name)) {
        AtomicFiles.delete(root.resolve(name));
      }
    }
    afterwards.run();
  }
}
