package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.Gate;
import dev.fq.spi.Lease;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueUrl;
import java.time.Duration;
import java.util.List;
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
 * What does a look for a task cost where a gate is closed, beside one into an empty queue?
 *
 * <p>{@code java -jar fq-bench.jar GateBenchmark -p dir=/dev/shm}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class GateBenchmark {

  @Param("/tmp")
  public String dir;

  /** Whether the queue waits for another, which is not empty. */
  @Param({"false", "true"})
  public boolean closed;

  private Scratch scratch;
  private FileQueue before;
  private FileQueue queue;

  @Setup(Level.Trial)
  public void closeGate() throws Exception {
    scratch = new Scratch(dir);
    before = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    queue = FileQueue.at(scratch.directory().resolve("after")).open(OpenMode.CREATE);
    try (Contender filling = Contender.of("fq", scratch.directory(), false)) {
      Tasks.fill(filling, 1);
    }
    if (closed) {
      queue.closeGate(new Gate(List.of(QueueUrl.parse(before.url())), false));
    }
  }

  @TearDown(Level.Trial)
  public void removeQueues() throws Exception {
    before.close();
    queue.close();
    scratch.close();
  }

  @Benchmark
  public List<Lease> look() throws Exception {
    return queue.lease(1, Duration.ofMinutes(5), Duration.ZERO);
  }
}
