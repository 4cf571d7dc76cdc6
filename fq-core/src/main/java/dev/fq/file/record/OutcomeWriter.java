package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the outcomes of one worker, in a thread of its own: a slot only leaves them here.
 *
 * <p>The lines of a second go into the file by one write, and the file is closed after it, so that
 * other hosts see them (NFS). Killed within that write, a worker leaves part of a line at the end
 * of its last file, which readers pass over; nothing is ever appended after it.
 */
final class OutcomeWriter implements OutcomeLog.Writer {

  private static final Logger log = LoggerFactory.getLogger(OutcomeWriter.class);

  /** So many are written without waiting for more. */
  private static final int MANY = 1_000;

  /** So many wait at most for a file system that takes none. */
  private static final int MOST = 100_000;

  /** A file of this size is followed by another. */
  private static final long FILE_SIZE = 64L << 20;

  /** So is one of this age, so that old ones can be removed. */
  private static final Duration FILE_AGE = Duration.ofDays(1);

  private final WorkerFiles files;
  private final Flusher flusher;

  // Guarded by this.
  private List<Outcome> waiting = new ArrayList<>();
  private long dropped;

  // Used by the thread alone.
  private @Nullable Path file;
  private Instant fileBegun = Instant.EPOCH;
  private long size;
  private boolean isInTrouble;

  @SuppressWarnings("ThisEscapedInObjectConstruction") // all its fields are set by then
  OutcomeWriter(WorkerFiles files) {
    this.files = files;
    this.flusher = Flusher.start("fq-outcomes", this::flush);
  }

  @Override
  public synchronized void add(Outcome outcome) {
    if (waiting.size() == MOST) {
      dropped++;
      return;
    }
    waiting.add(outcome);
    if (waiting.size() == MANY) {
      flusher.hurry();
    }
  }

  private void flush() {
    List<Outcome> batch = take();
    if (!batch.isEmpty() && !isWritten(batch)) {
      putBack(batch);
    }
  }

  private synchronized List<Outcome> take() {
    List<Outcome> batch = waiting;
    waiting = new ArrayList<>();
    return batch;
  }

  private synchronized void putBack(List<Outcome> batch) {
    int room = Math.max(0, MOST - waiting.size());
    dropped += Math.max(0, batch.size() - room);
    batch.subList(Math.min(room, batch.size()), batch.size()).clear();
    batch.addAll(waiting);
    waiting = batch;
  }

  private boolean isWritten(List<Outcome> batch) {
    try {
      write(OutcomeLine.lines(batch), batch);
      isInTrouble = false;
      return true;
    } catch (IOException | RuntimeException e) {
      undo();
      if (!isInTrouble) {
        log.warn("{}: outcomes cannot be written, trying again: {}", files, e.toString());
      }
      isInTrouble = true;
      return false;
    }
  }

  private void write(byte[] lines, List<Outcome> batch) throws IOException {
    Path target = file;
    Instant last = batch.get(batch.size() - 1).ended();
    if (target == null || size >= FILE_SIZE || fileBegun.plus(FILE_AGE).isBefore(last)) {
      fileBegun = batch.get(0).ended();
      target = OutcomeDirectory.file(files.next(fileBegun));
      file = target;
      size = 0;
    }
    files.append(target, lines);
    size += lines.length;
  }

  /**
   * Takes away what a full disk may have taken of a batch, which is written again. Where that
   * cannot be, the file ends here: nothing may follow what may be half a line.
   */
  private void undo() {
    Path written = file;
    try {
      if (written != null) {
        AtomicFiles.truncate(written, size);
      }
    } catch (IOException e) {
      log.debug("{}: left as it is: {}", written, e.toString());
      file = null;
    }
  }

  private synchronized void tellOfLosses() {
    long lost = dropped + waiting.size();
    if (lost > 0) {
      log.warn("{}: {} outcomes could not be written", files, lost);
    }
  }

  @Override
  public void close() {
    flusher.close();
    tellOfLosses();
  }
}
