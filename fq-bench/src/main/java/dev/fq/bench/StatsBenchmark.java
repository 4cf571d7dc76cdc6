package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * What does it cost to count a queue, beside a bare listing of its directory? {@code java -jar
 * fq-bench.jar StatsBenchmark -p dir=/dev/shm}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StatsBenchmark {

  @Param("/tmp")
  public String dir;

  @Param({"100000", "1000000"})
  public int waiting;

  private Scratch scratch;
  private FileQueue queue;

  @Setup(Level.Trial)
  public void fillQueue() throws IOException {
    scratch = new Scratch(dir);
    queue = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    Tasks.fill(queue, waiting);
  }

  @TearDown(Level.Trial)
  public void removeQueue() throws IOException {
    queue.close();
    scratch.close();
  }

  @Benchmark
  public QueueStats fq() throws IOException {
    return queue.stats();
  }

  @Benchmark
  public long floor() throws IOException {
    long length = 0;
    try (DirectoryStream<Path> names = Files.newDirectoryStream(queue.path().resolve("queue"))) {
      for (Path name : names) {
        length += name.getFileName().toString().length();
      }
    }
    return length;
  }
}
