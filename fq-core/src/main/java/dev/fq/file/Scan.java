package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.format.TaskFile;
import dev.fq.file.format.TaskFolder;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds files of waiting tasks by reading {@code queue/} as a stream, one pass after another.
 *
 * <p>A pass stays open from one search to the next, so that what stands in front (a hundred
 * thousand leased names, say) is passed over once a pass and not once a lease: the cost of a lease
 * does not grow with the queue. Waiting names are taken from the stream into a window, which is
 * shuffled, so that workers who read the same directory do not all run for the same file.
 *
 * <p>A window grows old while others lease from it too. When more tries are lost than won, the rest
 * of it is dropped and the stream read on, from some way ahead: the others read on too, and would
 * meet again in the next window. The more often that happens, the farther ahead it may be. What was
 * dropped or passed over comes again in the next pass.
 *
 * <p>In order, the window is all that is waiting, sorted by id: generated ids sort as they were
 * generated. That costs the memory of all waiting names, and workers who share the queue run for
 * the same files.
 *
 * <p>The jump ahead costs two processes 0.14 instead of 0.37 failed renames a lease
 * (docs/performance.md). Rejected: parting the names by their hash, which needs to know how many
 * processes there are.
 */
final class Scan implements Closeable {

  private static final int WINDOW = 1_024;

  /** So many lost races more than won ones make a window old. */
  private static final int TOLERATED_LOSSES = 8;

  /** How many windows to leave to others at most. */
  private static final int MAX_CROWD = 16;

  private static final Comparator<TaskFile> LAST_FIRST =
      Comparator.comparing((TaskFile file) -> file.id().value()).reversed();

  private final TaskFolder tasks;
  private final Random random;
  private final boolean ordered;

  // All below: guarded by this.
  private final List<TaskFile> window = new ArrayList<>(WINDOW);
  private @Nullable Listing listing;
  private long pass;
  private long lastUnsearchedPass;
  private int surplusLosses;
  private int crowd = 1;
  private int namesToPass;
  private long earliestDueOfPass = Long.MAX_VALUE;
  private long earliestDue = Long.MAX_VALUE;

  Scan(TaskFolder tasks, Random random) {
    this(tasks, random, false);
  }

  /**
   * @param ordered whether names are found in the order of their ids, and not in a random one
   */
  Scan(TaskFolder tasks, Random random, boolean ordered) {
    this.tasks = tasks;
    this.random = random;
    this.ordered = ordered;
  }

  /** Begins a search; the result is what {@link #next} needs to know when it is over. */
  synchronized long begin() {
    return pass;
  }

  /**
   * The next file that is due, or null when a pass that was begun after the search has come to its
   * end and none is left of it: then nothing was waiting at some moment since.
   *
   * @param search what {@link #begin} gave
   * @param now Unix seconds
   */
  synchronized @Nullable TaskFile next(long search, long now) throws IOException {
    while (window.isEmpty()) {
      if (listing == null && pass > search && pass > lastUnsearchedPass) {
        return null;
      }
      try {
        fillWindow(now);
      } catch (IOException e) {
        abandonPass(search, e);
      }
    }
    return window.remove(window.size() - 1);
  }

  /**
   * Whether there is a file that is due and is such a one; it will be found by {@link #next} too.
   *
   * @param now Unix seconds
   */
  synchronized boolean find(long now, Predicate<TaskFile> which) throws IOException {
    long search = begin();
    for (TaskFile file = next(search, now); file != null; file = next(search, now)) {
      if (which.test(file)) {
        window.add(file);
        return true;
      }
    }
    return false;
  }

  /** A pass of some time ago may have been forgotten by an NFS server: another is begun then. */
  private void abandonPass(long search, IOException e) throws IOException {
    boolean open = listing != null;
    close();
    if (!open || !AtomicFiles.isGone(e) || pass > search) {
      throw tasks.directory().explained(e);
    }
    lastUnsearchedPass = pass;
  }

  private void fillWindow(long now) throws IOException {
    Listing open = listing == null ? beginPass() : listing;
    makeWay(open);
    while (listing != null && (ordered || window.size() < WINDOW)) {
      String fileName = open.next();
      if (fileName == null) {
        endPass();
      } else {
        consider(fileName, now);
      }
    }
    surplusLosses = 0;
    if (ordered) {
      // Taken from the end.
      window.sort(LAST_FIRST);
    } else {
      Collections.shuffle(window, random);
    }
  }

  /** Goes on to where others are not, as far as the pass reaches. */
  private void makeWay(Listing open) throws IOException {
    if (namesToPass == 0) {
      crowd = Math.max(1, crowd / 2);
    } else {
      lastUnsearchedPass = pass;
    }
    for (; namesToPass > 0; namesToPass--) {
      if (open.next() == null) {
        namesToPass = 0;
        endPass();
        return;
      }
    }
  }

  private void consider(String fileName, long now) {
    TaskFile file = tasks.format().parse(fileName);
    if (file != null && file.isDue(now)) {
      window.add(file);
    } else if (file != null) {
      earliestDueOfPass = Math.min(earliestDueOfPass, file.due());
    }
  }

  private Listing beginPass() throws IOException {
    Listing opened = new Listing(tasks.directory().queue());
    listing = opened;
    pass++;
    earliestDueOfPass = Long.MAX_VALUE;
    return opened;
  }

  private void endPass() throws IOException {
    if (pass > lastUnsearchedPass) {
      earliestDue = earliestDueOfPass;
    }
    close();
  }

  /** A name from here was leased. */
  synchronized void won() {
    surplusLosses = Math.max(0, surplusLosses - 1);
  }

  /** A name from here was gone. */
  synchronized void lost() {
    surplusLosses++;
    if (!ordered && surplusLosses > TOLERATED_LOSSES && !window.isEmpty()) {
      window.clear();
      lastUnsearchedPass = pass;
      crowd = Math.min(2 * crowd, MAX_CROWD);
      namesToPass = random.nextInt(crowd * WINDOW);
    }
  }

  /** The earliest due among the names that the last whole pass found not due yet. */
  synchronized OptionalLong earliestDue() {
    return earliestDue == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliestDue);
  }

  /** Ends the open pass; the next search begins another. */
  @Override
  public synchronized void close() throws IOException {
    Listing open = listing;
    listing = null;
    if (open != null) {
      open.close();
    }
  }
}
