package dev.fq.bench;

import java.io.IOException;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many tasks a second go into a file queue, in batches as {@link dev.fq.TaskQueue} makes them?
 * {@code java -jar fq-bench.jar InsertBenchmark -p dir=/dev/shm}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class InsertBenchmark {

  private static final int BATCH = 256;

  @Param("/tmp")
  public String dir;

  private Workspace workspace;
  private Floor floor;

  @Setup(Level.Iteration)
  public void makeQueue() throws IOException {
    workspace = new Workspace(dir);
    floor = new Floor(workspace.queueDirectory());
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws IOException {
    workspace.close();
  }

  private void insertWithFq() throws IOException {
    workspace.queue().insert(Workspace.batch(BATCH));
  }

  private void insertWithFloor() throws IOException {
    for (int i = 0; i < BATCH; i++) {
      floor.insert();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void fq() throws IOException {
    insertWithFq();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void floor() throws IOException {
    insertWithFloor();
  }

  @Benchmark
  @Threads(2)
  @OperationsPerInvocation(BATCH)
  public void fqTwoThreads() throws IOException {
    insertWithFq();
  }

  @Benchmark
  @Threads(2)
  @OperationsPerInvocation(BATCH)
  public void floorTwoThreads() throws IOException {
    insertWithFloor();
  }
}
