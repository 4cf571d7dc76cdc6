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
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does a task take that does nothing, in the way in which each contender is worked off:
 * bundles by a worker, files one by one, and a database thirty-two at a time?
 *
 * <p>{@code java -jar fq-bench.jar WorkBenchmark -p dir=/dev/shm}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4)
@Measurement(iterations = 6)
public class WorkBenchmark {

  private static final int TASKS = 100_000;

  @Param("/tmp")
  public String dir;

  @Param({"fq", "fq-bundles", "sqlite"})
  public String contender;

  private Scratch scratch;
  private Contender queue;

  @Setup(Level.Iteration)
  public void fillQueue() throws Exception {
    scratch = new Scratch(dir);
    queue = Contender.of(contender, scratch.directory(), false);
    Tasks.fill(queue, TASKS);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws Exception {
    queue.close();
    scratch.close();
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void work() throws Exception {
    long done = queue.work();
    if (done != TASKS) {
      throw new IllegalStateException("expected " + TASKS + " tasks, found " + done);
    }
  }
}
