package dev.fq.file.record;

import dev.fq.spi.TaskId;
import dev.fq.spi.TaskResult;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One result of each task: the first, but for those of attempts that lost their tasks, which count
 * only if there is no other, and come at the end.
 */
final class FirstResults implements Iterator<TaskResult> {

  private final Iterator<TaskResult> all;
  private final ResultSurvey survey;
  private final Set<TaskId> done = new HashSet<>();
  private final Map<TaskId, TaskResult> lost = new LinkedHashMap<>();
  private @Nullable Queue<TaskResult> rest;
  private @Nullable TaskResult next;

  /**
   * @param all in the order of time
   */
  FirstResults(Iterator<TaskResult> all, ResultSurvey survey) {
    this.all = all;
    this.survey = survey;
  }

  @Override
  public boolean hasNext() {
    while (next == null && all.hasNext()) {
      TaskResult result = all.next();
      next = isToGive(result) ? result : null;
    }
    if (next == null) {
      if (rest == null) {
        rest = new ArrayDeque<>(lost.values());
      }
      next = rest.poll();
    }
    return next != null;
  }

  private boolean isToGive(TaskResult result) {
    if (!survey.mayHaveOthers(result)) {
      return true;
    }
    if (done.contains(result.task())) {
      return false;
    }
    if (survey.isLost(result)) {
      lost.putIfAbsent(result.task(), result);
      return false;
    }
    done.add(result.task());
    lost.remove(result.task());
    return true;
  }

  @Override
  public TaskResult next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    TaskResult given = next;
    next = null;
    return given;
  }
}
