package dev.fq.cli.chaos;

import dev.fq.ResultTask;
import dev.fq.TaskContext;
import dev.fq.TaskFailedException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Takes its time, writes down when it began and ended, and prints and returns {@link #words}.
 *
 * @param millis how long it takes
 * @param poison whether it fails whenever it is tried
 */
record ChaosTask(int millis, boolean poison) implements ResultTask<String> {

  /** The name of the worker's value that says where the journals are. */
  static final String JOURNALS = "journals";

  /** What an attempt prints and returns. */
  static String words(String id, int attempt) {
    return id + " " + attempt;
  }

  @Override
  public String call(TaskContext context)
      throws IOException, TaskFailedException, InterruptedException {
    Journal journal = new Journal(Path.of(context.value(JOURNALS, String.class).orElseThrow()));
    journal.write("begin", context.id(), context.attempt());
    String words = words(context.id().value(), context.attempt());
    context.out().println(words);
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
    return words;
  }
}
