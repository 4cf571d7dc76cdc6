package dev.fq.file.outcome;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outcomes in a directory: each worker appends to files of its own, so that no two hosts ever
 * append to one.
 *
 * <pre>
 *   TIME-HOLDER.jsonl   one JSON object a line, an outcome each; TIME is that of its first line,
 *                       as 20261127T064253Z, so that names sort by it
 *   asked               there when all workers are to write here
 * </pre>
 */
public final class OutcomeDirectory implements OutcomeLog {

  private static final Logger log = LoggerFactory.getLogger(OutcomeDirectory.class);

  private static final String ASKED = "asked";

  /** So much may the file server's clock be behind a worker's. */
  private static final Duration MARGIN = Duration.ofHours(1);

  private final Path directory;
  private final Permissions permissions;
  private final Supplier<String> holders;

  /**
   * @param permissions what others may do with its files
   * @param holders makes names that no other file has
   */
  public OutcomeDirectory(Path directory, Permissions permissions, Supplier<String> holders) {
    this.directory = directory;
    this.permissions = permissions;
    this.holders = holders;
  }

  /** By listings: a client of NFS takes a name to be absent that it has looked for in vain. */
  @Override
  public boolean isAsked() {
    Path parent = directory.getParent();
    try {
      boolean isThere =
          parent == null || Listing.names(parent).contains(String.valueOf(directory.getFileName()));
      return isThere && Listing.names(directory).contains(ASKED);
    } catch (IOException e) {
      log.warn("{}: whether outcomes are asked for is not known: {}", directory, e.toString());
      return false;
    }
  }

  @Override
  public void ask(boolean on) throws IOException {
    Path mark = directory.resolve(ASKED);
    if (!on) {
      AtomicFiles.delete(mark);
    } else if (!isAsked()) {
      make();
      AtomicFiles.append(mark, new byte[0], permissions::giveTo);
    }
  }

  /** Makes the directory if it is missing. */
  void make() throws IOException {
    if (!AtomicFiles.isRealDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      Permissions.makeDirectory(directory, parent == null ? null : Permissions.of(parent));
    }
  }

  @Override
  public Writer writer() {
    return OutcomeWriter.start(this);
  }

  /** A file that nobody else writes, for outcomes from this time on. */
  Path file(Instant from) {
    return directory.resolve(OutcomeFile.name(from, holders.get()));
  }

  void append(Path file, byte[] lines) throws IOException {
    make();
    AtomicFiles.append(file, lines, permissions::giveTo);
  }

  @Override
  public Stream<Outcome> read(Instant since) throws IOException {
    List<OutcomeFile> files = new ArrayList<>();
    for (OutcomeFile file : files()) {
      if (since.equals(Instant.MIN) || !file.isOlderThan(since.minus(MARGIN))) {
        files.add(file);
      }
    }
    OutcomeMerge merge = new OutcomeMerge(files);
    return merge.stream().filter(outcome -> !outcome.ended().isBefore(since));
  }

  @Override
  public long prune(Instant before) throws IOException {
    long removed = 0;
    for (OutcomeFile file : files()) {
      removed += file.isOlderThan(before) && AtomicFiles.delete(file.path()) ? 1 : 0;
    }
    return removed;
  }

  private List<OutcomeFile> files() throws IOException {
    List<OutcomeFile> files = new ArrayList<>();
    try {
      Listing.forEach(
          directory,
          name -> {
            Instant from = OutcomeFile.beginning(name);
            if (from != null) {
              files.add(new OutcomeFile(directory.resolve(name), from));
            }
          });
    } catch (NoSuchFileException nothingWritten) {
      return List.of();
    }
    return files;
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
