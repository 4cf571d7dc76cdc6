package dev.fq.bench;

import dev.fq.InsertOptions;
import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
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
 * Does a stream of a million tasks go in within a heap of 64 MB, and how long does it take? {@code
 * java -jar fq-bench.jar StreamBenchmark -p dir=/dev/shm}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class StreamBenchmark {

  @Param("/tmp")
  public String dir;

  @Param("1000000")
  public int tasks;

  private Workspace workspace;

  @Setup(Level.Iteration)
  public void makeQueue() throws IOException {
    workspace = new Workspace(dir);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws IOException {
    workspace.close();
  }

  @Benchmark
  public long fq() throws IOException {
    Iterator<Payload> stream = Stream.generate(() -> Workspace.PAYLOAD).limit(tasks).iterator();
    try (TaskQueue queue = TaskQueue.open(workspace.queue().url(), OpenMode.EXISTING)) {
      return queue.insertPayloads(stream, InsertOptions.none());
    }
  }
}
