package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files with the last bytes of long outputs, for as long as these grow: in the worker's files they
 * stand only once, when the attempt has ended. A worker that is killed leaves them as they are.
 */
final class OutputTails {

  private static final Logger log = LoggerFactory.getLogger(OutputTails.class);

  private final OutputDirectory directory;
  private final Map<KeptAttempt, Path> files = new HashMap<>();

  OutputTails(OutputDirectory directory) {
    this.directory = directory;
  }

  /** Writes those that have changed. */
  void write(List<KeptAttempt> attempts) {
    for (KeptAttempt attempt : attempts) {
      KeptAttempt.Content tails = attempt.takeTails();
      if (tails != null) {
        try {
          write(attempt, tails);
        } catch (IOException | RuntimeException e) {
          log.debug("{}: its last output is not to be seen: {}", attempt, e.toString());
        }
      }
    }
  }

  private void write(KeptAttempt attempt, KeptAttempt.Content tails) throws IOException {
    OutputBatch batch = new OutputBatch();
    batch.add(attempt, tails);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(batch.lines(0));
    bytes.writeBytes(batch.plain());
    Path file = files.computeIfAbsent(attempt, each -> directory.newTail(each.task()));
    // Whoever reads it sees the one before or this one, and never half of one.
    Path made = file.resolveSibling("." + file.getFileName());
    directory.files().make();
    AtomicFiles.delete(made);
    AtomicFiles.write(made, bytes.toByteArray());
    directory.files().permissions().giveTo(made);
    AtomicFiles.move(made, file);
  }

  /** These attempts are in the worker's files. */
  void remove(List<KeptAttempt> attempts) {
    for (KeptAttempt attempt : attempts) {
      Path file = files.remove(attempt);
      if (file != null) {
        try {
          AtomicFiles.delete(file);
        } catch (IOException e) {
          log.debug("{}: left: {}", file, e.toString());
        }
      }
    }
  }
}
