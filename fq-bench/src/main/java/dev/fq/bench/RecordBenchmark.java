package dev.fq.bench;

import dev.fq.WorkerBuilder;
import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
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
 * What does it cost a worker to record what becomes of each attempt? A worker with one slot, on
 * tasks that do nothing.
 *
 * <p>{@code java -jar fq-bench.jar RecordBenchmark -p dir=/dev/shm}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4)
@Measurement(iterations = 8)
public class RecordBenchmark {

  private static final int TASKS = 50_000;

  @Param("/tmp")
  public String dir;

  /** How many tasks lie in a file. */
  @Param({"1", "1000"})
  public int bundle;

  @Param({"false", "true"})
  public boolean record;

  private Scratch scratch;
  private FileQueue queue;

  @Setup(Level.Iteration)
  public void fillQueue() throws Exception {
    scratch = new Scratch(dir);
    queue = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    try (Contender filling =
        Contender.of(bundle == 1 ? "fq" : "fq-bundles", scratch.directory(), false)) {
      Tasks.fill(filling, TASKS);
    }
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws Exception {
    queue.close();
    scratch.close();
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void work() throws Exception {
    long done =
        WorkerBuilder.of(queue, context -> {})
            .record(record)
            .exitOnEmpty(true)
            .build()
            .run()
            .completed();
    if (done != TASKS) {
      throw new IllegalStateException("expected " + TASKS + " tasks, found " + done);
    }
  }
}
