package dev.fq.bench;

import dev.fq.sqs.SqsQueue;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many tasks a second go into an SQS queue and out of it, and what CPU time of the client does
 * each cost, beside a bare load generator with the same batches? Needs a server that speaks SQS, in
 * a process of its own, such as ElasticMQ.
 *
 * <p>{@code java -jar fq-bench.jar SqsBenchmark -p endpoint=http://127.0.0.1:9324}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 8, time = 3)
@Measurement(iterations = 5, time = 3)
public class SqsBenchmark extends ServiceBenchmark {

  private static final int BATCH = 10;
  private static final int MANY = 1_000;

  @Param("http://127.0.0.1:9324")
  public String endpoint;

  private HttpLoad load;

  @Setup(Level.Trial)
  public void open() throws IOException {
    SqsQueue queue =
        SqsQueue.named("fq-bench").endpoint(endpoint).create(true).nativePurge(true).open();
    load = new HttpLoad(endpoint, "fq-bench", bodies(MANY, queue.url()), BATCH);
    use(queue);
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
  public void bareLoadOfManyBatches(ClientCpu cpu) throws IOException {
    load.send();
    cpu.upToNow();
  }
}
