package dev.fq.cli.chaos;

import dev.fq.Task;
import dev.fq.TaskContext;
import dev.fq.TaskFailedException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Takes its time, and writes down when it began and ended.
 *
 * @param millis how long it takes
 * @param poison whether it fails whenever it is tried
 */
record ChaosTask(int millis, boolean poison) implements Task {

  /** The name of the worker's value that says where the journals are. */
  static final String JOURNALS = "journals";

  @Override
  public void execute(TaskContext context)
      throws IOException, TaskFailedException, InterruptedException {
    Journal journal = new Journal(Path.of(context.value(JOURNALS, String.class).orElseThrow()));
    journal.write("begin", context.id(), context.attempt());
    String end = "interrupted";
    try {
      Thread.sleep(millis);
      end = poison ? "failed" : "done";
    } finally {
      journal.write(end, context.id(), context.attempt());
    }
    if (poison) {
      throw new TaskFailedException("as it always does");
    }
  }
}
