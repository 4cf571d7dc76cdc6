package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that one worker appends to now. Lines go in by one write, and the file is closed after
 * it, so that other hosts see them (NFS). Killed within that write, a worker leaves part of a line
 * at the end of its last file, which readers pass over; nothing is ever appended after it.
 */
final class OutcomeFile {

  private static final Logger log = LoggerFactory.getLogger(OutcomeFile.class);

  /** A file of this size is followed by another. */
  private static final long FILE_SIZE = 64L << 20;

  /** So is one of this age, so that old ones can be removed. */
  private static final Duration FILE_AGE = Duration.ofDays(1);

  private final WorkerFiles files;

  // Guarded by this.
  private @Nullable Path file;
  private Instant begun = Instant.EPOCH;
  private long size;

  OutcomeFile(WorkerFiles files) {
    this.files = files;
  }

  /**
   * Appends these lines.
   *
   * @param first the time of the first of them
   * @param last the time of the last
   * @throws IOException if not all of them can be written; then none is there, unless that cannot
   *     be undone either
   */
  synchronized void append(byte[] lines, Instant first, Instant last) throws IOException {
    Path target = file;
    if (target == null || size >= FILE_SIZE || begun.plus(FILE_AGE).isBefore(last)) {
      begun = first;
      target = OutcomeDirectory.file(files.next(begun));
      file = target;
      size = 0;
    }
    boolean isWritten = false;
    try {
      files.append(target, lines);
      isWritten = true;
    } finally {
      if (!isWritten) {
        undo(target);
      }
    }
    size += lines.length;
  }

  /**
   * Takes away what a full disk may have taken of the lines. Where that cannot be, the file ends
   * here: nothing may follow what may be half a line.
   */
  private void undo(Path written) {
    try {
      AtomicFiles.truncate(written, size);
    } catch (IOException e) {
      log.debug("{}: left as it is: {}", written, e.toString());
      file = null;
    }
  }
}
