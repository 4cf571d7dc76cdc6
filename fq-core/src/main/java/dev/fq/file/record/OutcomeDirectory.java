package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outcomes in a directory: each worker appends to files of its own, so that no two hosts ever
 * append to one.
 *
 * <pre>
 *   TIME-HOLDER.jsonl   one JSON object a line, an outcome or a result each; TIME is that of its
 *                       first line, as 20261127T064253Z, so that names sort by it
 *   asked               there when all workers are to write here
 * </pre>
 */
public final class OutcomeDirectory implements OutcomeLog {

  private static final Logger log = LoggerFactory.getLogger(OutcomeDirectory.class);

  private static final String ASKED = "asked";
  private static final String SUFFIX = ".jsonl";

  /** So much may the file server's clock be behind a worker's. */
  private static final Duration MARGIN = Duration.ofHours(1);

  private final WorkerFiles workers;
  private final Path directory;

  public OutcomeDirectory(WorkerFiles workers) {
    this.workers = workers;
    this.directory = workers.directory();
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
      workers.append(mark, new byte[0]);
    }
  }

  @Override
  public Writer writer() {
    return new OutcomeWriter(workers);
  }

  static Path file(Path name) {
    return name.resolveSibling(name.getFileName() + SUFFIX);
  }

  @Override
  public Stream<Outcome> read(Instant since) throws IOException {
    List<WorkerFile> files = new ArrayList<>();
    for (WorkerFile file : workers.files(SUFFIX)) {
      if (since.equals(Instant.MIN) || !file.isOlderThan(since.minus(MARGIN))) {
        files.add(file);
      }
    }
    LineMerge.Lines<Outcome> outcomes =
        new LineMerge.Lines<>(OutcomeLine::read, Outcome::ended, file -> Long.MAX_VALUE);
    return new LineMerge<>(files, outcomes)
        .stream().filter(outcome -> !outcome.ended().isBefore(since));
  }

  @Override
  public Stream<TaskResult> results(Predicate<? super TaskId> which) throws IOException {
    List<WorkerFile> files = workers.files(SUFFIX);
    ResultSurvey survey = ResultSurvey.of(files, which);
    LineMerge.Lines<TaskResult> results =
        new LineMerge.Lines<>(ResultLine::read, TaskResult::at, survey::lines);
    Stream<TaskResult> all = new LineMerge<>(files, results).stream();
    Iterator<TaskResult> picked = all.filter(result -> which.test(result.task())).iterator();
    return LineMerge.stream(new FirstResults(picked, survey)).onClose(all::close);
  }

  @Override
  public long prune(Instant before) throws IOException {
    return workers.prune(SUFFIX, before);
  }

  @Override
  public String toString() {
    return workers.toString();
  }
}
