package dev.fq.bench;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * How long does it take to lease a task and complete it, one at a time? The floor is told the
 * names; fq has to find them. {@code java -jar fq-bench.jar LeaseCompleteBenchmark -p dir=/dev/shm}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4)
@Measurement(iterations = 8)
public class LeaseCompleteBenchmark {

  /** For each thread. */
  private static final int TASKS = 20_000;

  private static final int THREADS = 2;

  @Param("/tmp")
  public String dir;

  private Workspace workspace;
  private Floor floor;
  private List<Path> names;
  private final AtomicInteger next = new AtomicInteger();

  @Setup(Level.Iteration)
  public void fillQueue() throws IOException {
    workspace = new Workspace(dir);
    workspace.fill(TASKS * THREADS);
    floor = new Floor(workspace.queueDirectory());
    names = workspace.names();
    next.set(0);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws IOException {
    workspace.close();
  }

  private void workWithFq(Blackhole done)
      throws IOException, InterruptedException, LeaseLostException {
    for (int i = 0; i < TASKS; i++) {
      Lease lease = workspace.queue().lease(1, Duration.ofMinutes(5), Duration.ZERO).get(0);
      done.consume(lease.payload());
      workspace.queue().complete(lease);
    }
  }

  private void workWithFloor(Blackhole done) throws IOException {
    for (int i = 0; i < TASKS; i++) {
      done.consume(floor.leaseAndComplete(names.get(next.getAndIncrement())));
    }
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void fq(Blackhole done) throws IOException, InterruptedException, LeaseLostException {
    workWithFq(done);
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void floor(Blackhole done) throws IOException {
    workWithFloor(done);
  }

  @Benchmark
  @Threads(THREADS)
  @OperationsPerInvocation(TASKS)
  public void fqTwoThreads(Blackhole done)
      throws IOException, InterruptedException, LeaseLostException {
    workWithFq(done);
  }

  @Benchmark
  @Threads(THREADS)
  @OperationsPerInvocation(TASKS)
  public void floorTwoThreads(Blackhole done) throws IOException {
    workWithFloor(done);
  }
}
