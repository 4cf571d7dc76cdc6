package dev.fq.file.record;

import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the outcomes of one worker, in a thread of its own: a slot only leaves them here, and the
 * lines of a second go into the file together. Results are written at once, by the thread that is
 * about to complete their tasks.
 */
final class OutcomeWriter implements OutcomeLog.Writer {

  private static final Logger log = LoggerFactory.getLogger(OutcomeWriter.class);

  /** So many are written without waiting for more. */
  private static final int MANY = 1_000;

  /** So many wait at most for a file system that takes none. */
  private static final int MOST = 100_000;

  private final WorkerFiles files;
  private final OutcomeFile file;
  private final Flusher flusher;

  // Guarded by this.
  private List<Outcome> waiting = new ArrayList<>();
  private long dropped;

  // Used by the thread alone.
  private boolean isInTrouble;

  @SuppressWarnings("ThisEscapedInObjectConstruction") // all its fields are set by then
  OutcomeWriter(WorkerFiles files) {
    this.files = files;
    this.file = new OutcomeFile(files);
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
      file.append(
          OutcomeLine.lines(batch), batch.get(0).ended(), batch.get(batch.size() - 1).ended());
      isInTrouble = false;
      return true;
    } catch (IOException | RuntimeException e) {
      if (!isInTrouble) {
        log.warn("{}: outcomes cannot be written, trying again: {}", files, e.toString());
      }
      isInTrouble = true;
      return false;
    }
  }

  @Override
  public void returned(List<TaskResult> results) throws IOException {
    if (!results.isEmpty()) {
      file.append(
          ResultLine.lines(results), results.get(0).at(), results.get(results.size() - 1).at());
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
