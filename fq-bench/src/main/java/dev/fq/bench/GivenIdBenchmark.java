package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.OpenMode;
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
 * What does it cost that an id which the inserter brings replaces no task: a hard link in place of
 * a rename, and the look through the queue?
 *
 * <p>{@code java -jar fq-bench.jar GivenIdBenchmark -p dir=/dev/shm -p queued=0,10000}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class GivenIdBenchmark {

  private static final int BATCH = 256;

  @Param("/tmp")
  public String dir;

  @Param({"GENERATED", "LOOKED_UP", "GIVEN"})
  public IdOrigin origin;

  /** How many tasks are there before. */
  @Param("0")
  public int queued;

  private Scratch scratch;
  private FileQueue queue;

  @Setup(Level.Iteration)
  public void makeQueue() throws Exception {
    scratch = new Scratch(dir);
    queue = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    for (int left = queued; left > 0; left -= BATCH) {
      queue.insert(Tasks.batch(Math.min(BATCH, left), Tasks.PAYLOAD));
    }
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws Exception {
    queue.close();
    scratch.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void insert() throws Exception {
    List<NewTask> tasks = Tasks.batch(BATCH, Tasks.PAYLOAD);
    queue.insert(tasks.stream().map(task -> task.withOrigin(origin)).toList());
  }
}
