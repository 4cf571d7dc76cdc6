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
 * Does a stream of any length go in within a heap of 64 MB, and how long does it take? Into a queue
 * that keeps nothing, ten million tasks; into a file queue, a million.
 *
 * <p>{@code java -jar fq-bench.jar StreamBenchmark -p dir=/dev/shm}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class StreamBenchmark {

  private static final int TEN_MILLION = 10_000_000;
  private static final int MILLION = 1_000_000;

  @Param("/tmp")
  public String dir;

  private Scratch scratch;

  @Setup(Level.Iteration)
  public void makeQueue() throws IOException {
    scratch = new Scratch(dir);
  }

  @TearDown(Level.Iteration)
  public void removeQueue() throws IOException {
    scratch.close();
  }

  private static long insert(String url, int tasks) throws IOException {
    Iterator<Payload> stream = Stream.generate(() -> Tasks.PAYLOAD).limit(tasks).iterator();
    try (TaskQueue queue = TaskQueue.open(url, OpenMode.CREATE)) {
      return queue.insertPayloads(stream, InsertOptions.none());
    }
  }

  @Benchmark
  public long tenMillionDiscarded() throws IOException {
    return insert(DiscardingQueueProvider.URL, TEN_MILLION);
  }

  @Benchmark
  public long millionFiles() throws IOException {
    return insert(scratch.directory().resolve("q").toString(), MILLION);
  }
}
