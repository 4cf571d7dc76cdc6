package dev.fq.file.bundle;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Layout;
import dev.fq.file.format.QueueDirectory;
import dev.fq.spi.Envelope;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of bundles and of their progress.
 *
 * @param clock the queue's time
 */
record BundleFiles(
    QueueDirectory directory, DeadTasks deadTasks, Permissions permissions, Clock clock) {

  private static final Logger log = LoggerFactory.getLogger(BundleFiles.class);
  private static final char REPLACEMENT = '\uFFFD';
  private static final FileTime NEVER = FileTime.fromMillis(0);

  /** The file of a bundle. */
  Path bundle(BundleName name) {
    return directory.file(name.fileName());
  }

  Path progressDirectory() {
    return directory.part(Layout.PROGRESS);
  }

  /** The progress of the claim that this name has. */
  Path progress(BundleName name) {
    return progressDirectory().resolve(name.id() + "." + name.claim() + "." + name.holder());
  }

  /**
   * Touches the file that tells holders of bundles that others look for work. Nothing depends on it
   * but time.
   */
  void askForMore() {
    try {
      if (AtomicFiles.isRealDirectory(progressDirectory())) {
        if (!Files.exists(hungry())) {
          AtomicFiles.write(hungry(), new byte[0]);
          permissions.giveTo(hungry());
        }
        Files.setLastModifiedTime(hungry(), FileTime.from(clock.instant()));
      }
    } catch (IOException e) {
      log.debug("{}: cannot be touched: {}", hungry(), e.toString());
    }
  }

  /** When somebody has asked for more last; the beginning of time when nobody has. */
  FileTime lastAsked() {
    try {
      return Files.getLastModifiedTime(hungry(), LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return NEVER;
    }
  }

  private Path hungry() {
    return progressDirectory().resolve(".hungry");
  }

  /** What the bundle of this name is called now, by a listing; null when it is gone. */
  @Nullable BundleName latest(BundleName name) throws IOException {
    return directory.find(
        fileName -> {
          BundleName now = BundleName.parse(fileName);
          return now != null && now.id().equals(name.id()) ? now : null;
        });
  }

  /** The first bundle of a queue makes the directory. */
  void makeProgressDirectory() throws IOException {
    if (!AtomicFiles.isRealDirectory(progressDirectory())) {
      Permissions.makeDirectory(progressDirectory(), Permissions.of(directory.root()));
    }
  }

  /**
   * What the claim of this name has done so far; nothing when it has written nothing. RACE: the
   * progress goes too when another has claimed the bundle or has ended it, whose name is another
   * then, or none.
   */
  Progress read(BundleName name) throws IOException {
    if (name.claim() == 0) {
      return Progress.none();
    }
    try {
      return progressOf(name);
    } catch (IOException e) {
      if (!AtomicFiles.isGone(e)) {
        throw e;
      }
      // NFS clients remember that a name was absent; a listing shows it.
      return isInProgress(progress(name).getFileName().toString())
          ? progressOf(name)
          : Progress.none();
    }
  }

  private Progress progressOf(BundleName name) throws IOException {
    return Progress.of(AtomicFiles.read(progress(name)), name.committed());
  }

  /**
   * The name of the directory in {@code progress/} of the tasks on their way into a bundle. Whoever
   * takes such a bundle over empties and removes it, and its maker cannot take in more then.
   */
  static String gatheringName(TaskId bundle) {
    return bundle + ".in";
  }

  /** The name of a file in {@code progress/} with a task on its way out of a bundle. */
  static String spillName(TaskId bundle, TaskId task, String holder) {
    return bundle + "." + task + "." + holder.substring(holder.lastIndexOf('-') + 1) + ".json";
  }

  /** Whether {@code progress/}, or a directory in it, has this name, by a listing of now. */
  boolean isInProgress(String name) throws IOException {
    int fileName = name.lastIndexOf('/') + 1;
    Path directory = progressDirectory().resolve(name.substring(0, fileName));
    return AtomicFiles.isDirectory(directory)
        && Listing.names(directory).contains(name.substring(fileName));
  }

  /**
   * The lines of a bundle by the ids of their tasks. A line without one, which somebody has written
   * by hand, gets one that follows from what it says; the second line of an id is no task.
   */
  Map<TaskId, String> lines(BundleName name) throws IOException {
    byte[] bytes = AtomicFiles.read(bundle(name));
    Map<TaskId, String> lines = new LinkedHashMap<>();
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      String line = line(bytes, start, end);
      if (!line.isBlank()) {
        TaskId id = Envelope.id(line).orElseGet(() -> idOf(line));
        if (lines.putIfAbsent(id, line) != null) {
          String second = "(another line has its id) " + line;
          lines.put(idOf(second), second);
        }
      }
      start = end + 1;
    }
    return lines;
  }

  private static TaskId idOf(String line) {
    return new TaskId(UUID.nameUUIDFromBytes(line.getBytes(StandardCharsets.UTF_8)).toString());
  }

  /** What is not UTF-8 gets a word in front, and so is no task. */
  private static String line(byte[] bytes, int from, int to) {
    String line = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    boolean isText =
        line.indexOf(REPLACEMENT) < 0
            || Arrays.equals(
                line.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, from, to));
    return isText ? line : "(not UTF-8) " + line;
  }
}
