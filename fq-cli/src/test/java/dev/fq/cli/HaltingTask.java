package dev.fq.cli;

import dev.fq.Task;
import dev.fq.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes down that it was executed, by which process and in which attempt, and may end that process
 * then.
 *
 * @param n which task it is
 * @param poison whether to end it
 */
record HaltingTask(int n, boolean poison) implements Task {

  /** The name of the worker's value that says where to write. */
  static final String JOURNAL = "journal";

  @Override
  public void execute(TaskContext context) throws IOException {
    Files.writeString(
        Path.of(context.value(JOURNAL, String.class).orElseThrow()),
        "%s %s %s%n".formatted(n, ProcessHandle.current().pid(), context.attempt()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (poison) {
      Runtime.getRuntime().halt(1);
    }
  }
}
