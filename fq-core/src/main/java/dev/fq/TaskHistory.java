package dev.fq;

import dev.fq.spi.Capability;
import dev.fq.spi.Failure;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that is known of one task.
 *
 * @param outcomes of its attempts, as far as workers recorded them, oldest first
 * @param otherFailures those that the queue has noted and that are not among the outcomes, oldest
 *     first
 * @param result what it returned, if it did, and workers recorded that
 * @param now where the task stands; empty when it is not in the queue, or the queue cannot tell
 */
public record TaskHistory(
    List<Outcome> outcomes,
    List<Failure> otherFailures,
    Optional<TaskResult> result,
    Optional<TaskInfo> now) {

  private record Attempt(String host, int number, boolean counted) {}

  /** What is known of this task, from these outcomes and this queue. */
  public static TaskHistory of(TaskId task, OutcomeLog log, QueueBackend queue) throws IOException {
    List<Outcome> outcomes;
    try (Stream<Outcome> all = log.read(Instant.MIN)) {
      outcomes = all.filter(outcome -> outcome.task().equals(task)).toList();
    }
    Optional<TaskResult> result;
    try (Stream<TaskResult> results = log.results(task::equals)) {
      result = results.findFirst();
    }
    Optional<TaskDetail> found =
        queue.capabilities().contains(Capability.LIST) ? queue.peek(task) : Optional.empty();
    List<Failure> failures = found.map(TaskDetail::failures).orElse(List.of());
    return new TaskHistory(
        outcomes, without(failures, outcomes), result, found.map(TaskDetail::info));
  }

  /** The queue's clock and a worker's differ, so that it is the attempt that tells. */
  private static List<Failure> without(List<Failure> failures, List<Outcome> outcomes) {
    Map<Attempt, Integer> recorded = new HashMap<>();
    for (Outcome outcome : outcomes) {
      recorded.merge(
          new Attempt(outcome.host(), outcome.attempt(), outcome.result().isFailure()),
          1,
          Integer::sum);
    }
    List<Failure> others = new ArrayList<>();
    for (Failure failure : failures) {
      Attempt attempt = new Attempt(failure.host(), failure.attempt(), failure.counted());
      int left = recorded.getOrDefault(attempt, 0);
      if (left == 0) {
        others.add(failure);
      } else {
        recorded.put(attempt, left - 1);
      }
    }
    return others;
  }

  /** Whether nothing at all is known. */
  public boolean isEmpty() {
    return outcomes.isEmpty() && otherFailures.isEmpty() && result.isEmpty() && now.isEmpty();
  }
}
