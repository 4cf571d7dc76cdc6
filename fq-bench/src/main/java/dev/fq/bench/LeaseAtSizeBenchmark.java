package dev.fq.bench;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Does a lease cost more in a large queue, or behind many leased tasks? Each operation leases one
 * task and gives it back, so that the queue stays as it is. The floor makes the same two renames
 * and the read on names that it is told, in the same directory, and so shows what the file system
 * itself takes for its size. {@code java -jar fq-bench.jar LeaseAtSizeBenchmark -p dir=/dev/shm}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 4)
@Measurement(iterations = 6, time = 4)
public class LeaseAtSizeBenchmark {

  private static final Duration LEASE = Duration.ofHours(6);

  @Param("/tmp")
  public String dir;

  @Param({"1000", "1000000"})
  public int waiting;

  @Param({"0", "100000"})
  public int leased;

  private Workspace workspace;
  private Floor floor;
  private List<Path> names;
  private int next;

  /** The leased ones are made first, and so stand in front where the file system keeps an order. */
  @Setup(Level.Trial)
  public void fillQueue() throws IOException, InterruptedException {
    workspace = new Workspace(dir);
    if (leased > 0) {
      workspace.fill(leased);
      workspace.queue().lease(leased, LEASE, Duration.ZERO);
    }
    workspace.fill(waiting);
    names = new ArrayList<>(workspace.names());
    names.removeIf(name -> !name.getFileName().toString().startsWith("0--"));
    Collections.shuffle(names, new Random(1));
    floor = new Floor(workspace.queueDirectory());
  }

  @TearDown(Level.Trial)
  public void removeQueue() throws IOException {
    workspace.close();
  }

  @Benchmark
  public Lease fq() throws IOException, InterruptedException, LeaseLostException {
    Lease lease = workspace.queue().lease(1, LEASE, Duration.ZERO).get(0);
    workspace.queue().release(lease);
    return lease;
  }

  @Benchmark
  public byte[] floor() throws IOException {
    next = next + 1 < names.size() ? next + 1 : 0;
    return floor.leaseAndRelease(names.get(next));
  }
}
