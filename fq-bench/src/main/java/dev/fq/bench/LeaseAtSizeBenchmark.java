package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  @Param({"1000", "10000", "100000", "1000000"})
  public int waiting;

  @Param({"0", "100000"})
  public int leased;

  private Scratch scratch;
  private FileQueue queue;
  private List<Path> names;
  private int next;

  /** The leased ones are made first, and so stand in front where the file system keeps an order. */
  @Setup(Level.Trial)
  public void fillQueue() throws IOException, InterruptedException {
    scratch = new Scratch(dir);
    queue = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    if (leased > 0) {
      Tasks.fill(queue, leased);
      queue.lease(leased, LEASE, Duration.ZERO);
    }
    Tasks.fill(queue, waiting);
    names = waitingNames();
  }

  private List<Path> waitingNames() throws IOException {
    try (Stream<Path> all = Files.list(queue.path().resolve("queue"))) {
      List<Path> waitingOnes =
          all.filter(name -> name.getFileName().toString().startsWith("0--"))
              .collect(Collectors.toCollection(ArrayList::new));
      Collections.shuffle(waitingOnes, new Random(1));
      return waitingOnes;
    }
  }

  @TearDown(Level.Trial)
  public void removeQueue() throws IOException {
    queue.close();
    scratch.close();
  }

  @Benchmark
  public Lease fq() throws IOException, InterruptedException, LeaseLostException {
    Lease lease = queue.lease(1, LEASE, Duration.ZERO).get(0);
    queue.release(lease);
    return lease;
  }

  /** Move there, read, move back. */
  @Benchmark
  public byte[] floor() throws IOException {
    next = next + 1 < names.size() ? next + 1 : 0;
    Path name = names.get(next);
    Path mine = FloorContender.leased(name);
    Files.move(name, mine, StandardCopyOption.ATOMIC_MOVE);
    byte[] body = Files.readAllBytes(mine);
    Files.move(mine, name, StandardCopyOption.ATOMIC_MOVE);
    return body;
  }
}
