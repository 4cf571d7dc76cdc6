package dev.fq.cli;

import dev.fq.Task;
import dev.fq.TaskContext;
import java.io.IOException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Puts tasks into its queue; its first attempt ends its process half-way.
 *
 * @param children how many
 */
record GeneratingTask(int children) implements Task {

  @Override
  public void execute(TaskContext context) throws IOException {
    Stream<HaltingTask> all =
        IntStream.range(0, children)
            .peek(n -> haltHalfWay(n, context.attempt()))
            .mapToObj(n -> new HaltingTask(n, false));
    context.queue().insert(all, child -> Integer.toString(child.n()));
  }

  private void haltHalfWay(int n, int attempt) {
    if (attempt == 1 && n == children / 2) {
      Runtime.getRuntime().halt(1);
    }
  }
}
