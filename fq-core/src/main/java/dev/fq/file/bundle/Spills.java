package dev.fq.file.bundle;

import dev.fq.file.bundle.Progress.Spill;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a claim takes out of its bundle, until it is in its place. For one thread at a time. */
final class Spills {

  private static final Logger log = LoggerFactory.getLogger(Spills.class);

  private final BundleFiles files;
  private final TaskId bundle;
  private final Path progress;
  private final List<Spill> unplaced = new ArrayList<>();

  /**
   * @param progress of the claim
   */
  Spills(BundleFiles files, TaskId bundle, Path progress) {
    this.files = files;
    this.bundle = bundle;
    this.progress = progress;
  }

  /** Whether all is in its place. */
  boolean isEmpty() {
    return unplaced.isEmpty();
  }

  /** Writes what is to be taken out, before the progress names it. */
  void write(Spill spill, String body) throws IOException {
    Path file = file(spill);
    AtomicFiles.removeProbe(file);
    AtomicFiles.write(file, body.getBytes(StandardCharsets.UTF_8));
    files.permissions().giveTo(file);
  }

  /** Removes what has not been taken out in the end. */
  void discard(Spill spill) {
    AtomicFiles.removeProbe(file(spill));
  }

  /** Has this moved to its place when the progress counts. */
  void add(Spill spill) {
    unplaced.add(spill);
  }

  /**
   * Moves everything to its place, also what a killed holder has taken out; what is no longer there
   * is in its place. It is committed, so trouble here is none of the verb's: the next commit goes
   * on, or the successor.
   */
  void place() {
    try {
      endGathering();
    } catch (IOException e) {
      log.warn("{}: tasks wait for the next step: {}", progress, e.toString());
      return;
    }
    for (Iterator<Spill> next = unplaced.iterator(); next.hasNext(); ) {
      Spill spill = next.next();
      try {
        if (!isPlaced(spill) && files.isInProgress(spill.file())) {
          throw new IOException("stale, and still there");
        }
        next.remove();
      } catch (IOException e) {
        log.warn("{}: {} waits for the next step: {}", progress, spill.file(), e.toString());
      }
    }
  }

  /** RACE: a maker that was frozen moves more into the directory until it is gone. */
  private void endGathering() throws IOException {
    String directory = BundleFiles.gatheringName(bundle);
    List<Spill> gathered =
        unplaced.stream().filter(spill -> spill.file().startsWith(directory + "/")).toList();
    for (int tries = 0; !gathered.isEmpty(); tries++) {
      for (Spill spill : gathered) {
        isPlaced(spill);
      }
      try {
        AtomicFiles.delete(files.progressDirectory().resolve(directory));
        return;
      } catch (DirectoryNotEmptyException e) {
        if (tries > gathered.size()) {
          throw e;
        }
      }
    }
  }

  private boolean isPlaced(Spill spill) throws IOException {
    Path file = file(spill);
    return spill.target().equals(Spill.DEAD)
        ? files.deadTasks().take(file, spill.id())
        : AtomicFiles.move(file, files.directory().file(spill.target()));
  }

  private Path file(Spill spill) {
    return files.progressDirectory().resolve(spill.file());
  }
}
