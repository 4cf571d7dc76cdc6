package dev.fq.bench;

import dev.fq.pubsub.PubSubQueue;
import dev.fq.spi.Envelope;
import dev.fq.spi.Lease;
import dev.fq.spi.QueueUrl;
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
public class PubSubBenchmark {

  private static final int MANY = 10_000;
  private static final int BATCH = 1_000;
  private static final int FEW = 100;
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final String TOPIC = "projects/fq/topics/bench";
  private static final QueueUrl URL =
      QueueUrl.parse("pubsub://projects/fq/topics/bench/subscriptions/bench");

  @Param("127.0.0.1:8085")
  public String endpoint;

  private PubSubQueue queue;
  private PublishLoad load;

  @Setup(Level.Trial)
  public void open() throws IOException {
    queue =
        PubSubQueue.at(URL).endpoint("http://" + endpoint).create(true).nativePurge(true).open();
    List<String> bodies =
        Tasks.batch(MANY).stream().map(task -> Envelope.of(task, queue.url())).toList();
    load = new PublishLoad(endpoint, TOPIC, bodies, BATCH);
  }

  @Setup(Level.Iteration)
  public void empty() throws IOException {
    queue.purge();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    queue.purge();
    queue.close();
    load.close();
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
  public void bareLoadOfManyBatches(ClientCpu cpu) throws IOException, InterruptedException {
    load.send();
    cpu.upToNow();
  }

  /** Inserts, leases and completes, a hundred at a time. */
  @Benchmark
  @OperationsPerInvocation(FEW)
  public long insertLeaseComplete(ClientCpu cpu) throws IOException, InterruptedException {
    queue.insert(Tasks.batch(FEW));
    long completed = 0;
    while (completed < FEW) {
      List<Lease> leases = queue.lease(FEW, LEASE, WAIT);
      if (leases.isEmpty()) {
        throw new IOException("%s of %s tasks have come".formatted(completed, FEW));
      }
      completed += queue.completeEach(leases);
    }
    cpu.upToNow();
    return completed;
  }
}
