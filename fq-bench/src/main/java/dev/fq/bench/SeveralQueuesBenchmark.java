package dev.fq.bench;

import dev.fq.Worker;
import dev.fq.WorkerQueue;
import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost a worker to have several queues, all of whose tasks are in one? A worker with
 * two slots, on tasks that do nothing.
 *
 * <p>{@code java -jar fq-bench.jar SeveralQueuesBenchmark -p dir=/dev/shm}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4)
@Measurement(iterations = 8)
public class SeveralQueuesBenchmark {

  private static final int TASKS = 50_000;

  @Param("/tmp")
  public String dir;

  /** How many tasks lie in a file. */
  @Param({"1", "1000"})
  public int bundle;

  /** Which queues there are, and which of them has the tasks. */
  @Param({"one", "first-of-3", "last-of-3"})
  public String queues;

  private Scratch scratch;
  private final List<FileQueue> open = new ArrayList<>();

  @Setup(Level.Iteration)
  public void fillQueue() throws Exception {
    scratch = new Scratch(dir);
    FileQueue full = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    try (Contender filling =
        Contender.of(bundle == 1 ? "fq" : "fq-bundles", scratch.directory(), false)) {
      Tasks.fill(filling, TASKS);
    }
    open.clear();
    if (!queues.equals("one")) {
      for (int i = 0; i < 2; i++) {
        open.add(FileQueue.at(scratch.directory().resolve("empty" + i)).open(OpenMode.CREATE));
      }
    }
    open.add(queues.startsWith("first") ? 0 : open.size(), full);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws Exception {
    for (FileQueue queue : open) {
      queue.close();
    }
    scratch.close();
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void work() throws Exception {
    List<WorkerQueue> all =
        open.stream().map(queue -> WorkerQueue.of(queue, context -> {})).toList();
    long done =
        Worker.of(all.get(0), all.subList(1, all.size()).toArray(WorkerQueue[]::new))
            .slots(2)
            .exitOnEmpty(true)
            .build()
            .run()
            .completed();
    if (done != TASKS) {
      throw new IllegalStateException("expected " + TASKS + " tasks, found " + done);
    }
  }
}
