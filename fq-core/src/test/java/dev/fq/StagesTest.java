package dev.fq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pyramid of docs/tasks.md: one worker, three queues, thousands of tasks. */
@Timeout(120)
class StagesTest {

  private static final int[] TILES = {0, 4_096, 1_024, 256};

  private static final AtomicIntegerArray done = new AtomicIntegerArray(TILES.length);
  private static final AtomicInteger tooEarly = new AtomicInteger();

  record Downsample(int tile, int level) implements Task {
    @Override
    public void execute(TaskContext context) {
      if (done.get(level - 1) < TILES[level - 1]) {
        tooEarly.incrementAndGet();
      }
      done.incrementAndGet(level);
    }
  }

  @TempDir Path directory;

  private TaskQueue open(int level) throws Exception {
    return TaskQueue.at(directory.resolve("level-" + level).toString())
        .tasks(Downsample.class)
        .open();
  }

  private static void insert(TaskQueue queue, int level) throws Exception {
    queue.insert(IntStream.range(0, TILES[level]).mapToObj(tile -> new Downsample(tile, level)));
  }

  @Test
  void oneWorkerGoesThroughThePyramidLevelByLevel() throws Exception {
    try (TaskQueue level1 = open(1);
        TaskQueue level2 = open(2);
        TaskQueue level3 = open(3)) {
      level2.closeGate(level1);
      level3.closeGate(level2);
      insert(level1, 1);
      insert(level2, 2);
      insert(level3, 3);

      // The last first: what has a gate does not keep the others waiting.
      WorkerReport report =
          Worker.of(level3, level2, level1).slots(8).exitOnEmpty(true).build().run();

      assertThat(report.completed()).isEqualTo(4_096 + 1_024 + 256);
      assertThat(tooEarly).hasValue(0);
    }
  }
}
