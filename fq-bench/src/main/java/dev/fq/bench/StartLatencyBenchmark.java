package dev.fq.bench;

import dev.fq.Worker;
import dev.fq.WorkerBuilder;
import dev.fq.file.FileQueue;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
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
 * How long does it take from an insert until a worker that had nothing to do begins with the task?
 * Two queues on one directory: the worker hears of the task from the file system, not from us. Each
 * insert waits until the worker listens again.
 *
 * <p>{@code java -jar fq-bench.jar StartLatencyBenchmark -p dir=/dev/shm}: see p0.50 and p0.99.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 4)
public class StartLatencyBenchmark {

  /** Enough for a worker to complete the last task, look again and listen. */
  private static final Duration UNTIL_IDLE = Duration.ofMillis(20);

  @Param("/tmp")
  public String dir;

  private Scratch scratch;
  private FileQueue queue;
  private Worker worker;
  private Thread thread;
  private final SynchronousQueue<Long> begun = new SynchronousQueue<>();

  @Setup(Level.Trial)
  public void startWorker() throws IOException {
    scratch = new Scratch(dir);
    queue = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE);
    worker =
        WorkerBuilder.of(
                FileQueue.at(queue.path()).open(OpenMode.EXISTING),
                task -> begun.put(System.nanoTime()))
            .build();
    thread = new Thread(this::work, "worker");
    thread.start();
  }

  private void work() {
    try {
      worker.run();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @TearDown(Level.Trial)
  public void stopWorker() throws IOException, InterruptedException {
    worker.stop();
    thread.join();
    queue.close();
    scratch.close();
  }

  @Setup(Level.Invocation)
  public void letTheWorkerBeIdle() throws InterruptedException {
    Thread.sleep(UNTIL_IDLE.toMillis());
  }

  @Benchmark
  public long insertUntilStart() throws IOException, InterruptedException {
    queue.insert(List.of(NewTask.of(Tasks.PAYLOAD, Duration.ZERO)));
    return begun.take();
  }
}
