package dev.fq.file.bundle;

import dev.fq.file.bundle.Progress.Spill;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Durable;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.Format;
import dev.fq.file.format.Holders;
import dev.fq.file.format.SingleTask;
import dev.fq.file.format.TaskFiles;
import dev.fq.file.format.TaskName;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.NewTask;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts tasks that have a file each into bundles, while others work on the queue.
 *
 * <p>The new bundle comes in held, with a progress that says of each of its tasks that it was taken
 * out, into the file that it has. Then these files are moved to where the progress says that they
 * wait. The bundle's next rename, whose name counts none of that progress, is the commit: until
 * then the files are the tasks, and a successor moves them back, as it does with whatever a killed
 * holder has taken out; from then on the lines are, and the files are deleted. They are moved into
 * a directory that the successor removes, so that a maker who was frozen moves none after that.
 *
 * <p>A bundle is forced to disk before its tasks' files go, since they may have been inserted
 * durably.
 */
final class Packer {

  private static final Logger log = LoggerFactory.getLogger(Packer.class);

  private final BundleFiles files;
  private final Format single;
  private final Holders holders;

  /**
   * @param single the format of tasks that have a file each
   */
  Packer(BundleFiles files, Format single, Holders holders) {
    this.files = files;
    this.single = single;
    this.holders = holders;
  }

  /** A task with a file of its own, what is in that, and the line that it becomes. */
  private record Loose(SingleTask task, String body, String line) {}

  long bundle(int size, Predicate<? super TaskInfo> which) throws IOException {
    long now = ServerClock.earliest(files.clock()).getEpochSecond();
    Map<Long, List<SingleTask>> byDue = new HashMap<>();
    long[] bundled = {0};
    Listing.forEach(
        files.directory().queue(),
        fileName -> {
          if (single.parse(fileName) instanceof SingleTask task
              && task.name().attempt() == 0
              && which.test(task.info(now))) {
            long due = task.isDue(now) ? 0 : task.due();
            List<SingleTask> group = byDue.computeIfAbsent(due, none -> new ArrayList<>());
            group.add(task);
            if (group.size() == size) {
              byDue.remove(due);
              bundled[0] += bundle(due, group);
            }
          }
        });
    for (Map.Entry<Long, List<SingleTask>> group : byDue.entrySet()) {
      bundled[0] += bundle(group.getKey(), group.getValue());
    }
    return bundled[0];
  }

  private long bundle(long due, List<SingleTask> group) throws IOException {
    long bundled = 0;
    List<Loose> some = new ArrayList<>();
    long bytes = 0;
    for (SingleTask task : group) {
      Loose loose = read(task);
      if (loose != null && bytes + loose.line.length() > Format.MAX_BUNDLE_BYTES) {
        bundled += pack(due, some);
        some.clear();
        bytes = 0;
      }
      if (loose != null) {
        some.add(loose);
        bytes += loose.line.length();
      }
    }
    return bundled + pack(due, some);
  }

  /** Null when it is gone, or is no task: then whoever leases it finds it dead. */
  private @Nullable Loose read(SingleTask task) throws IOException {
    try {
      String body = task.body();
      NewTask asNew = new NewTask(task.id(), Envelope.payload(body), Duration.ZERO);
      return new Loose(task, body, Envelope.line(asNew, single.queueName()));
    } catch (InvalidPayloadException e) {
      return null;
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  /** How many are in the new bundle. */
  private int pack(long due, List<Loose> tasks) throws IOException {
    if (tasks.size() < 2) {
      return 0;
    }
    files.makeProgressDirectory();
    Packing packing = new Packing(due, tasks);
    packing.comeIn();
    BundleName made;
    try {
      packing.gather();
      made = packing.name();
    } catch (IOException e) {
      packing.undo();
      throw e;
    }
    return made == null ? 0 : packing.commit(made);
  }

  /** One bundle that is being made. */
  private final class Packing {
    private final long due;
    private final TaskId id = TaskId.next();
    private final Map<Loose, Spill> spills = new LinkedHashMap<>();
    private final List<Loose> missing = new ArrayList<>();
    private final BundleName held;
    private final byte[] progress;

    Packing(long due, List<Loose> tasks) {
      this.due = due;
      String holder = holders.next();
      StringBuilder lines = new StringBuilder();
      for (Loose loose : tasks) {
        TaskId task = loose.task.id();
        // No other task gets this name meanwhile, and would be replaced.
        TaskName back = due == 0 ? TaskName.arrived(task, holder) : TaskName.fresh(task, due);
        String file = BundleFiles.gatheringName(id) + "/" + task + ".json";
        Spill spill = new Spill(task, file, back.fileName());
        spills.put(loose, spill);
        lines.append(spill.line());
      }
      this.progress = lines.toString().getBytes(StandardCharsets.UTF_8);
      long until = files.clock().instant().plus(BundleClaim.CHANGING).getEpochSecond();
      this.held = BundleName.fresh(id, 0, tasks.size()).claimed(until, holder, progress.length);
    }

    private void comeIn() throws IOException {
      Permissions.makeDirectory(gathering(), Permissions.of(files.directory().root()));
      write(files.progress(held), progress);
      Path draft = files.directory().tmp().resolve(id + "." + held.holder());
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      spills
          .keySet()
          .forEach(loose -> lines.writeBytes(loose.line.getBytes(StandardCharsets.UTF_8)));
      try {
        write(draft, lines.toByteArray());
        if (!AtomicFiles.move(draft, files.bundle(held))) {
          throw new NoSuchFileException(draft.toString(), null, "removed while it was bundled");
        }
      } catch (IOException e) {
        AtomicFiles.removeProbe(draft);
        throw e;
      }
      Durable.forceDirectory(files.directory().queue());
    }

    private void write(Path file, byte[] bytes) throws IOException {
      AtomicFiles.write(file, bytes);
      files.permissions().giveTo(file);
      Durable.forceFile(file);
    }

    /** RACE: what a worker has leased since, or somebody has edited, is not ours. */
    private void gather() throws IOException {
      for (Map.Entry<Loose, Spill> one : spills.entrySet()) {
        Loose loose = one.getKey();
        Path waiting = waiting(one.getValue());
        boolean isMoved =
            AtomicFiles.move(files.directory().file(loose.task.fileName()), waiting)
                || files.isInProgress(one.getValue().file());
        if (!isMoved) {
          missing.add(loose);
        } else if (!isUnchanged(loose, waiting)) {
          putBack(one.getValue());
          missing.add(loose);
        }
      }
    }

    private boolean isUnchanged(Loose loose, Path waiting) throws IOException {
      try {
        return TaskFiles.body(waiting).equals(loose.body);
      } catch (IOException e) {
        // RACE: a successor has moved it back.
        if (AtomicFiles.isGone(e)) {
          return false;
        }
        throw e;
      }
    }

    private Path gathering() {
      return files.progressDirectory().resolve(BundleFiles.gatheringName(id));
    }

    private Path waiting(Spill spill) {
      return files.progressDirectory().resolve(spill.file());
    }

    /** The name that it gets; null when it is not to be, and all is as before. */
    private @Nullable BundleName name() throws IOException {
      int left = spills.size() - missing.size();
      // The name of a delayed bundle has no place for what is missing in it.
      if (left == 0 || (due > 0 && !missing.isEmpty())) {
        undo();
        return null;
      }
      return missing.isEmpty() ? BundleName.fresh(id, due, left) : without();
    }

    /**
     * How many are in it. What its rename has come to is not undone, but for a successor to see.
     */
    private int commit(BundleName made) throws IOException {
      if (!isRenamed(made)) {
        log.info("{}: {} was taken over while it was made", files.directory(), held.fileName());
        AtomicFiles.removeProbe(files.progress(made));
        return 0;
      }
      Durable.forceDirectory(files.directory().queue());
      spills.values().forEach(spill -> AtomicFiles.removeProbe(waiting(spill)));
      AtomicFiles.removeProbe(gathering());
      AtomicFiles.removeProbe(files.progress(held));
      return made.left();
    }

    /** The name of the next claim, whose progress says that the missing ones have ended. */
    private BundleName without() throws IOException {
      StringBuilder lines = new StringBuilder();
      missing.forEach(loose -> lines.append(Progress.line(Progress.ENDED, loose.task.id())));
      byte[] ended = lines.toString().getBytes(StandardCharsets.UTF_8);
      BundleName next =
          held.claimed(0, holders.next(), ended.length)
              .with(0, spills.size() - missing.size(), ended.length);
      write(files.progress(next), ended);
      return next;
    }

    /** The answer may be lost, or be that of a second sending. */
    private boolean isRenamed(BundleName committed) throws IOException {
      try {
        if (AtomicFiles.move(files.bundle(held), files.bundle(committed))) {
          return true;
        }
      } catch (IOException e) {
        if (files.directory().has(committed.fileName())) {
          return true;
        }
        throw e;
      }
      return files.directory().has(committed.fileName());
    }

    /** Moves the files back, as a successor would; what does not go back now, that will. */
    private void undo() throws IOException {
      for (Spill spill : spills.values()) {
        putBack(spill);
      }
      if (AtomicFiles.delete(files.bundle(held))) {
        AtomicFiles.removeProbe(gathering());
        AtomicFiles.removeProbe(files.progress(held));
      }
    }

    private void putBack(Spill spill) throws IOException {
      Path back = files.directory().file(spill.target());
      if (!AtomicFiles.move(waiting(spill), back) && files.isInProgress(spill.file())) {
        throw new IOException(waiting(spill) + ": stale, and still there");
      }
    }
  }
}
