package dev.fq.file.format;

import dev.fq.spi.Failure;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks in {@code queue/} that have a file each, and what claims of them and looks at them need
 * to know.
 *
 * @param directory where they are
 * @param names how their states are written down
 * @param deadTasks where their failures are kept
 * @param clock the queue's time
 */
public record SingleTasks(QueueDirectory directory, Names names, DeadTasks deadTasks, Clock clock) {

  private static final Logger log = LoggerFactory.getLogger(SingleTasks.class);

  /** The file of this name; null when it is not a task's. */
  public @Nullable SingleTask parse(String fileName) {
    TaskName name = TaskName.parse(fileName);
    return name == null ? null : new SingleTask(this, name);
  }

  /** Parses names as {@link #parse}, with all that is known now. */
  public Format.Parser parser() throws IOException {
    Names.Reader reader = names.reader();
    return fileName -> {
      TaskName name = TaskName.parse(fileName);
      return name == null ? null : new SingleTask(this, reader.read(name));
    };
  }

  /** The claim whose lease has this receipt; null when the receipt is not one of these tasks. */
  public @Nullable SingleClaim claimOf(String receipt) {
    TaskName full = TaskName.parse(receipt);
    return full == null || full.holder() == null
        ? null
        : new SingleClaim(this, receipt, names.onDisk(full));
  }

  /** Which task is looked for. */
  @FunctionalInterface
  interface Condition {
    boolean isMetBy(TaskName listed) throws IOException;
  }

  /** The task of this id of which the condition is true, by a listing of now; null without one. */
  @Nullable TaskName find(TaskId id, Condition condition) throws IOException {
    return directory.find(
        fileName -> {
          TaskName name = TaskName.parse(fileName);
          return name != null && name.id().equals(id) && condition.isMetBy(name) ? name : null;
        });
  }

  /**
   * Puts a task among the dead.
   *
   * @return false when the name is gone
   */
  boolean giveUp(TaskName name, String reason) throws IOException {
    boolean taken = names.giveUp(name);
    if (taken) {
      log(name, reason, true);
    }
    return taken;
  }

  /** Adds to the task's failures. The step has been taken and stands, whatever becomes of this. */
  void log(TaskName name, String reason, boolean counted) {
    String holder = name.holder() == null ? "" : name.holder();
    Failure failure = new Failure(name.attempt(), holder, clock.instant(), reason, counted);
    try {
      deadTasks.log(name.id(), failure);
    } catch (IOException e) {
      log.warn(
          "{}: attempt {} of task {} has failed, and its reason cannot be written down: {}",
          directory.url(),
          name.attempt(),
          name.id(),
          e.toString());
    }
  }
}
