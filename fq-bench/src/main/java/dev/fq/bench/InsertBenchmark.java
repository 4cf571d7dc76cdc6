package dev.fq.bench;

import dev.fq.spi.Payload;
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
 * How many tasks a second go into a queue, in batches as {@link dev.fq.TaskQueue} makes them,
 * beside the floor and a database?
 *
 * <p>{@code java -jar fq-bench.jar InsertBenchmark -p dir=/dev/shm}; also with {@code -p
 * batch=1,16,256}, {@code -p bytes=10000}, {@code -p forced=true}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class InsertBenchmark {

  /** So many tasks are one operation, in as many batches as it takes. */
  private static final int TASKS = 1_000;

  @Param("/tmp")
  public String dir;

  @Param({"floor", "fq", "sqlite"})
  public String contender;

  @Param("256")
  public int batch;

  @Param("200")
  public int bytes;

  @Param("false")
  public boolean forced;

  private Payload payload;
  private Scratch scratch;
  private Contender queue;

  @Setup(Level.Iteration)
  public void makeQueue() throws Exception {
    payload = Tasks.payloadOf(bytes);
    scratch = new Scratch(dir);
    queue = Contender.of(contender, scratch.directory(), forced);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws Exception {
    queue.close();
    scratch.close();
  }

  private void insert() throws Exception {
    for (int left = TASKS; left > 0; left -= batch) {
      queue.insert(Tasks.batch(Math.min(batch, left), payload));
    }
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void oneThread() throws Exception {
    insert();
  }

  @Benchmark
  @Threads(2)
  @OperationsPerInvocation(TASKS)
  public void twoThreads() throws Exception {
    insert();
  }

  @Benchmark
  @Threads(8)
  @OperationsPerInvocation(TASKS)
  public void eightThreads() throws Exception {
    insert();
  }
}
