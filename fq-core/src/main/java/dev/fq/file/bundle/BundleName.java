package dev.fq.file.bundle;

import dev.fq.file.format.Holders;
import dev.fq.spi.TaskId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a bundle in {@code queue/}. The grammar is in the description of the format.
 *
 * @param fileName the name as it is on disk
 * @param due Unix seconds
 * @param id the bundle's own
 * @param left how many tasks are left in it, as its last holder has counted
 * @param claim how often it was claimed; 0 for never
 * @param committed how many bytes of the last claim's progress count
 * @param holder of the last claim; empty when there was none
 */
record BundleName(
    String fileName, long due, TaskId id, int left, int claim, long committed, String holder) {

  static final String SUFFIX = ".jsonl";

  private static final Pattern NAME =
      Pattern.compile(
          "(\\d{1,12})--([A-Za-z0-9_-]{1,64})\\.x(\\d{1,9})(?:\\.(\\d{1,9})\\.(\\d{1,15})\\.(.+))?"
              + "\\.jsonl");

  /** The state that this file name says, or null when it is not a bundle's. */
  static @Nullable BundleName parse(String fileName) {
    if (!fileName.endsWith(SUFFIX)) {
      return null;
    }
    Matcher name = NAME.matcher(fileName);
    if (!name.matches()) {
      return null;
    }
    long due = Long.parseLong(name.group(1));
    TaskId id = new TaskId(name.group(2));
    int left = Integer.parseInt(name.group(3));
    String holder = name.group(6);
    if (holder == null) {
      return new BundleName(fileName, due, id, left, 0, 0, "");
    }
    int claim = Integer.parseInt(name.group(4));
    return claim > 0 && Holders.isValid(holder)
        ? new BundleName(fileName, due, id, left, claim, Long.parseLong(name.group(5)), holder)
        : null;
  }

  /** One that nobody has claimed. */
  static BundleName fresh(TaskId id, long due, int tasks) {
    return new BundleName(due + "--" + id + ".x" + tasks + SUFFIX, due, id, tasks, 0, 0, "");
  }

  /** Its name once it is claimed by this holder, of whose progress so many bytes count. */
  BundleName claimed(long until, String by, long bytes) {
    return of(until, left, claim + 1, bytes, by);
  }

  /** The name of the same claim with another due, number of tasks and length of progress. */
  BundleName with(long until, int tasks, long bytes) {
    return of(until, tasks, claim, bytes, holder);
  }

  private BundleName of(long until, int tasks, int claims, long bytes, String by) {
    String fileName =
        until + "--" + id + ".x" + tasks + "." + claims + "." + bytes + "." + by + SUFFIX;
    return new BundleName(fileName, until, id, tasks, claims, bytes, by);
  }

  boolean isDue(long now) {
    return due <= now;
  }

  /** Whether the other is of the same claim. */
  boolean isSameClaim(BundleName other) {
    return id.equals(other.id) && claim == other.claim && holder.equals(other.holder);
  }
}
