package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.Outcome;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of all files before the first result can be given: which tasks may have
 * several, and which attempts lost theirs. Memory is needed for those alone, and a few bits for
 * every other.
 */
final class ResultSurvey {

  /** A result has a hundred bytes or more in a file, and gets about twelve bits here. */
  private static final int BYTES_A_BIT = 8;

  private static final String LOST = "\"outcome\":\"" + TaskOutcome.LOST.label() + "\"";

  private record Attempt(TaskId task, int number, String host) {}

  private final Map<Path, Long> lines = new HashMap<>();
  private final Set<TaskId> mayHaveSeveral = new HashSet<>();
  private final Set<Attempt> lost = new HashSet<>();

  private ResultSurvey() {}

  static ResultSurvey of(List<WorkerFile> files, Predicate<? super TaskId> which)
      throws IOException {
    long bytes = 0;
    for (WorkerFile file : files) {
      bytes += file.size();
    }
    BloomFilter seen = new BloomFilter(bytes / BYTES_A_BIT);
    ResultSurvey survey = new ResultSurvey();
    for (WorkerFile file : files) {
      survey.read(file, which, seen);
    }
    return survey;
  }

  private void read(WorkerFile file, Predicate<? super TaskId> which, BloomFilter seen)
      throws IOException {
    long read = 0;
    try (BufferedReader all =
        new BufferedReader(
            new InputStreamReader(AtomicFiles.openToRead(file.path()), StandardCharsets.UTF_8))) {
      for (String line = all.readLine(); line != null; line = all.readLine()) {
        read++;
        TaskResult result = ResultLine.read(line);
        if (result != null) {
          if (which.test(result.task()) && seen.add(result.task().value())) {
            mayHaveSeveral.add(result.task());
          }
        } else if (line.contains(LOST)) {
          addLost(OutcomeLine.read(line));
        }
      }
    } catch (IOException e) {
      // RACE: somebody has pruned it.
      if (!AtomicFiles.isGone(e)) {
        throw e;
      }
    }
    lines.put(file.path(), read);
  }

  private void addLost(@Nullable Outcome outcome) {
    if (outcome != null && outcome.result() == TaskOutcome.LOST) {
      lost.add(new Attempt(outcome.task(), outcome.attempt(), outcome.host()));
    }
  }

  /** How many lines of this file were seen. What came later may be of a task that had a result. */
  long lines(WorkerFile file) {
    return lines.getOrDefault(file.path(), 0L);
  }

  /** Whether there may be other results of the same task; false is certain. */
  boolean mayHaveOthers(TaskResult result) {
    return mayHaveSeveral.contains(result.task());
  }

  /** Whether the attempt is known to have lost its task before it could complete it. */
  boolean isLost(TaskResult result) {
    return lost.contains(new Attempt(result.task(), result.attempt(), result.host()));
  }
}
