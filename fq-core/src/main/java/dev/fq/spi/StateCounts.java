package dev.fq.spi;

/** Counts tasks by state, for backends that make {@link QueueStats} from a listing. */
public final class StateCounts {

  private long waiting;
  private long delayed;
  private long leased;
  private long dead;

  /** Nothing counted yet. */
  public StateCounts() {}

  /** Counts one task in this state. */
  public void add(TaskState state) {
    add(state, 1);
  }

  /** Counts so many tasks in this state. */
  public void add(TaskState state, long tasks) {
    switch (state) {
      case WAITING -> waiting += tasks;
      case DELAYED -> delayed += tasks;
      case LEASED -> leased += tasks;
      case DEAD -> dead += tasks;
    }
  }

  /** What was counted, with these totals. */
  public QueueStats stats(long inserted, long completed) {
    return QueueStats.of(waiting, delayed, leased, dead, inserted, completed);
  }
}
