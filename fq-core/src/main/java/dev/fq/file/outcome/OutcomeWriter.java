package dev.fq.file.outcome;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

  /** Between two writes. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** So many are written without waiting for more. */
  private static final int MANY = 1_000;

  /** So many wait at most for a file system that takes none. */
  private static final int MOST = 100_000;

  /** A file of this size is followed by another. */
  private static final long FILE_SIZE = 64L << 20;

  /** So is one of this age, so that old ones can be removed. */
  private static final Duration FILE_AGE = Duration.ofDays(1);

  private final OutcomeDirectory directory;
  private final Thread thread = new Thread(this::run, "fq-outcomes");

  // Guarded by this.
  private List<Outcome> waiting = new ArrayList<>();
  private long dropped;
  private boolean isClosed;

  // Used by the thread alone.
  private @Nullable Path file;
  private Instant fileBegun = Instant.EPOCH;
  private long size;
  private boolean isInTrouble;

  private OutcomeWriter(OutcomeDirectory directory) {
    this.directory = directory;
  }

  static OutcomeWriter start(OutcomeDirectory directory) {
    OutcomeWriter writer = new OutcomeWriter(directory);
    writer.thread.setDaemon(true);
    writer.thread.start();
    return writer;
  }

  @Override
  public synchronized void add(Outcome outcome) {
    if (waiting.size() == MOST) {
      dropped++;
      return;
    }
    waiting.add(outcome);
    if (waiting.size() == MANY) {
      notifyAll();
    }
  }

  private void run() {
    boolean isLast = false;
    while (!isLast) {
      isLast = awaitSome();
      List<Outcome> batch = take();
      if (!batch.isEmpty() && !isWritten(batch)) {
        putBack(batch);
      }
    }
    tellOfLosses();
  }

  /** Whether nothing will come any more. */
  private synchronized boolean awaitSome() {
    long end = System.nanoTime() + PAUSE.toNanos();
    boolean isFull = false;
    try {
      for (long rest = PAUSE.toNanos();
          !isClosed && !isFull && rest > 0;
          rest = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
        isFull = waiting.size() >= MANY && !isInTrouble;
      }
      return isClosed;
    } catch (InterruptedException e) {
      // Nobody but close() ends this thread.
      return true;
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
        log.warn("{}: outcomes cannot be written, trying again: {}", directory, e.toString());
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
      target = directory.file(fileBegun);
      file = target;
      size = 0;
    }
    directory.append(target, lines);
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
      log.warn("{}: {} outcomes could not be written", directory, lost);
    }
  }

  /** Waits until what is left is written, or could not be. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
