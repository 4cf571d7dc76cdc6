package dev.fq.bench;

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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * How long does it take to lease a task, read it and complete it, beside the floor, which is told
 * the names, and a database? All threads together do so many tasks, whatever their number.
 *
 * <p>{@code java -jar fq-bench.jar LeaseCompleteBenchmark -p dir=/dev/shm}; also with {@code -p
 * lease=32} and {@code -p forced=true}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4)
@Measurement(iterations = 8)
public class LeaseCompleteBenchmark {

  /** Of all threads. */
  private static final int TASKS = 32_768;

  @Param("/tmp")
  public String dir;

  @Param({"floor", "fq", "sqlite"})
  public String contender;

  /** How many tasks a lease asks for. */
  @Param("1")
  public int lease;

  @Param("false")
  public boolean forced;

  private Scratch scratch;
  private Contender queue;
  private int tasksOfAThread;

  @Setup(Level.Iteration)
  public void fillQueue(BenchmarkParams params) throws Exception {
    scratch = new Scratch(dir);
    queue = Contender.of(contender, scratch.directory(), forced);
    tasksOfAThread = TASKS / params.getThreads();
    Tasks.fill(queue, TASKS);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws Exception {
    queue.close();
    scratch.close();
  }

  private void work() throws Exception {
    for (int done = 0; done < tasksOfAThread; ) {
      int more = queue.leaseAndComplete(Math.min(lease, tasksOfAThread - done));
      if (more == 0) {
        throw new IllegalStateException("the queue has none left after " + done);
      }
      done += more;
    }
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void oneThread() throws Exception {
    work();
  }

  @Benchmark
  @Threads(2)
  @OperationsPerInvocation(TASKS)
  public void twoThreads() throws Exception {
    work();
  }

  @Benchmark
  @Threads(8)
  @OperationsPerInvocation(TASKS)
  public void eightThreads() throws Exception {
    work();
  }
}
