package dev.fq.bench;

import dev.fq.pubsub.PubSubQueue;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
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
 * How many tasks a second go into a queue of Pub/Sub and out of it, and what CPU time of the client
 * does each cost, beside a bare load generator with the same batches? Needs a server without TLS,
 * in a process of its own, such as Google's emulator. That keeps all that it was given, so
 * iterations are short, and it is to be started anew for each benchmark.
 *
 * <p>{@code java -jar fq-bench.jar PubSubBenchmark -p endpoint=127.0.0.1:8085}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class PubSubBenchmark extends ServiceBenchmark {

  private static final int MANY = 10_000;
  private static final int BATCH = 1_000;
  private static final String TOPIC = "projects/fq/topics/bench";
  private static final QueueUrl URL =
      QueueUrl.parse("pubsub://projects/fq/topics/bench/subscriptions/bench");

  @Param("127.0.0.1:8085")
  public String endpoint;

  private PublishLoad load;

  @Setup(Level.Trial)
  public void open() throws IOException {
    PubSubQueue queue =
        PubSubQueue.at(URL).endpoint("http://" + endpoint).create(true).nativePurge(true).open();
    load = new PublishLoad(endpoint, TOPIC, bodies(MANY, queue.url()), BATCH);
    use(queue);
  }

  @TearDown(Level.Trial)
  public void closeLoad() {
    load.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void oneBatchOnItsWay(ClientCpu cpu) throws IOException {
    upload(BATCH, cpu);
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void manyBatchesOnTheirWay(ClientCpu cpu) throws IOException {
    upload(MANY, cpu);
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void bareLoadOfManyBatches(ClientCpu cpu) throws IOException, InterruptedException {
    load.send();
    cpu.upToNow();
  }
}
