package dev.fq;

import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tasks were moved, but for some that stay where they are, since the other queue has tasks of their
 * ids: which one is to be kept is for somebody to decide. Nothing is lost.
 */
public final class TasksStayException extends IOException {

  private static final long serialVersionUID = 1;

  private final long moved;
  private final TreeMap<TaskId, String> staying;

  TasksStayException(long moved, Map<TaskId, String> staying) {
    super("%s tasks were moved, %s stay".formatted(moved, staying.size()));
    this.moved = moved;
    this.staying = new TreeMap<>(staying);
  }

  /** How many tasks were moved. */
  public long moved() {
    return moved;
  }

  /** The tasks that stay, and why each does. */
  public Map<TaskId, String> staying() {
    return Collections.unmodifiableMap(staying);
  }
}
