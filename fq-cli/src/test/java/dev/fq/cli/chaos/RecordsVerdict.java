package dev.fq.cli.chaos;

import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether what workers recorded (outcomes, results, output) is what they did: nothing that did not
 * happen, and all that did, but for the last second before a kill. Of results not even that is
 * missing.
 */
final class RecordsVerdict {

  /** A line with a result. What a {@link ChaosTask} returns needs no escapes. */
  private static final Pattern RESULT =
      Pattern.compile("\\{\"id\":\"([^\"]*)\".*\"result\":\"([^\"]*)\"}");

  private final Map<String, List<Execution>> executions;
  private final Map<String, Integer> completions;
  private final Set<Long> killed;
  private final Consumer<String> broken;
  private long outcomesRead;
  private long resultsRead;
  private long outputsRead;

  /**
   * @param completions how often a worker told its log that the task is completed
   * @param killed the numbers of processes
   * @param broken is told what is not as it must be
   */
  RecordsVerdict(
      Map<String, List<Execution>> executions,
      Map<String, Integer> completions,
      Set<Long> killed,
      Consumer<String> broken) {
    this.executions = executions;
    this.completions = completions;
    this.killed = killed;
    this.broken = broken;
  }

  /**
   * Compares.
   *
   * @param queue its directory
   * @param completed the tasks that are completed, whoever was killed
   */
  void judge(Path queue, OutcomeLog outcomes, OutputLog output, Set<String> completed)
      throws IOException {
    outcomesAgree(outcomes);
    Map<String, List<String>> returned = new HashMap<>();
    Path files = queue.resolve("outcomes");
    if (Files.isDirectory(files)) {
      readLines(files, returned);
    }
    resultsAgree(outcomes, returned, completed);
    for (String id : executions.keySet()) {
      outputAgrees(id, output);
    }
  }

  /** What a worker has told its log it has recorded too. */
  private void outcomesAgree(OutcomeLog log) throws IOException {
    Map<String, Integer> recorded = new HashMap<>();
    try (Stream<Outcome> outcomes = log.read(Instant.MIN)) {
      outcomes.forEach(
          outcome -> {
            outcomesRead++;
            if (outcome.result() == TaskOutcome.COMPLETED) {
              recorded.merge(outcome.task().value(), 1, Integer::sum);
            }
          });
    }
    recorded.forEach(
        (id, times) -> {
          if (times > completions.getOrDefault(id, 0)) {
            broken.accept(id + " is recorded as completed more often than it was");
          }
        });
    for (String id : completions.keySet()) {
      if (!recorded.containsKey(id) && !wasDoneByOneWhoWasKilled(id)) {
        broken.accept(id + " was completed and is not recorded");
      }
    }
  }

  private boolean wasDoneByOneWhoWasKilled(String id) {
    return executions.getOrDefault(id, List.of()).stream()
        .anyMatch(run -> run.isDone() && killed.contains(run.pid()));
  }

  /**
   * Every line is whole, but for the last of a worker that was killed.
   *
   * @param returned gets the results by id
   */
  private void readLines(Path directory, Map<String, List<String>> returned) throws IOException {
    long whole = 0;
    long results = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
        String text = Files.readString(file);
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (!text.endsWith("\n")) {
          lines.remove(lines.size() - 1);
          if (killed.stream().noneMatch(pid -> file.toString().contains("-" + pid + "-"))) {
            broken.accept(file + " ends within a line, and nobody killed its worker");
          }
        }
        whole += lines.size();
        for (String line : lines) {
          Matcher result = RESULT.matcher(line);
          if (result.matches()) {
            returned.computeIfAbsent(result.group(1), id -> new ArrayList<>()).add(result.group(2));
            results++;
          }
        }
      }
    }
    if (whole != outcomesRead + results) {
      broken.accept(
          "outcomes: %d lines, of which %d can be read".formatted(whole, outcomesRead + results));
    }
  }

  /** Each completed task has one result, and it is what an attempt that was done has returned. */
  private void resultsAgree(
      OutcomeLog log, Map<String, List<String>> returned, Set<String> completed)
      throws IOException {
    Map<String, String> given = new HashMap<>();
    try (Stream<TaskResult> results = log.results(task -> true)) {
      for (TaskResult result : (Iterable<TaskResult>) results::iterator) {
        resultsRead++;
        String value = result.json().replace("\"", "");
        if (given.put(result.task().value(), value) != null) {
          broken.accept(result.task() + " has two results");
        }
      }
    }
    given.forEach(
        (id, value) -> {
          boolean isReturned =
              executions.getOrDefault(id, List.of()).stream()
                  .anyMatch(
                      run -> run.isDone() && value.equals(ChaosTask.words(id, run.attempt())));
          if (!isReturned || !returned.getOrDefault(id, List.of()).contains(value)) {
            broken.accept(id + " has the result \"" + value + "\", which no attempt returned");
          }
        });
    Set<String> missing = new HashSet<>(completed);
    missing.addAll(returned.keySet());
    missing.removeAll(given.keySet());
    missing.forEach(
        id -> broken.accept(id + " is completed or returned something, without result"));
  }

  /** Of a completed attempt all is kept; of any, nothing that it did not write. */
  private void outputAgrees(String id, OutputLog log) throws IOException {
    boolean isCompleted = false;
    for (OutputLog.Output output : log.search(new TaskId(id)).attempts()) {
      outputsRead++;
      String expected = ChaosTask.words(id, output.attempt()) + System.lineSeparator();
      String kept = text(output);
      boolean isWhole = output.result().equals(Optional.of(TaskOutcome.COMPLETED));
      isCompleted |= isWhole;
      if (isWhole ? !kept.equals(expected) : !expected.startsWith(kept)) {
        broken.accept(
            "attempt %d of %s wrote \"%s\", and \"%s\" is kept"
                .formatted(output.attempt(), id, expected.strip(), kept.strip()));
      }
    }
    if (completions.containsKey(id) && !isCompleted && !wasDoneByOneWhoWasKilled(id)) {
      broken.accept(id + " was completed, and its output is not kept");
    }
  }

  private static String text(OutputLog.Output output) {
    try (Stream<OutputLog.Part> parts = output.read(OutputLog.Channel.OUT, 0)) {
      return parts
          .map(part -> new String(part.bytes(), StandardCharsets.UTF_8))
          .collect(Collectors.joining());
    }
  }

  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("outcomes recorded", outcomesRead);
    figures.put("results", resultsRead);
    figures.put("outputs kept", outputsRead);
    return figures;
  }
}
