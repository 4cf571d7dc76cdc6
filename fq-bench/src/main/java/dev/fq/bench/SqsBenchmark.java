package dev.fq.bench;

import dev.fq.spi.Envelope;
import dev.fq.spi.Lease;
import dev.fq.sqs.SqsQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
public class SqsBenchmark {

  private static final int BATCH = 10;
  private static final int MANY = 1_000;
  private static final Duration LEASE = Duration.ofMinutes(1);

  @Param("http://127.0.0.1:9324")
  public String endpoint;

  private SqsQueue queue;
  private HttpLoad load;

  @Setup(Level.Trial)
  public void open() throws IOException {
    queue = SqsQueue.named("fq-bench").endpoint(endpoint).create(true).nativePurge(true).open();
    load = new HttpLoad(endpoint, "fq-bench", bodies(), BATCH);
  }

  @Setup(Level.Iteration)
  public void empty() throws IOException {
    queue.purge();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    queue.purge();
    queue.close();
  }

  private static List<String> bodies() {
    return Tasks.batch(MANY).stream().map(task -> Envelope.of(task, "sqs://fq-bench")).toList();
  }

  private void upload(int count, ClientCpu cpu) throws IOException {
    queue.insert(Tasks.batch(count));
    cpu.upToNow();
  }

  @Benchmark
  public void oneTaskACall(ClientCpu cpu) throws IOException {
    upload(1, cpu);
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

  /** Inserts, leases and completes, a hundred at a time. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCH)
  public long insertLeaseComplete(ClientCpu cpu) throws IOException, InterruptedException {
    queue.insert(Tasks.batch(BATCH * BATCH));
    List<Lease> leases = queue.lease(BATCH * BATCH, LEASE, Duration.ZERO);
    long completed = queue.completeEach(leases);
    cpu.upToNow();
    return completed;
  }
}
