package dev.fq.bench;

import dev.fq.spi.Envelope;
import dev.fq.spi.Lease;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the benchmarks of services have in common. */
@State(Scope.Benchmark)
public abstract class ServiceBenchmark {

  private static final int FEW = 100;
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration WAIT = Duration.ofSeconds(10);

  private @Nullable QueueBackend queue;

  /** Says which queue it is; to be called when it is open. */
  final void use(QueueBackend opened) {
    queue = opened;
  }

  private QueueBackend queue() {
    return Objects.requireNonNull(queue, "no queue was opened");
  }

  @Setup(Level.Iteration)
  public void empty() throws IOException {
    queue().purge();
  }

  @TearDown(Level.Trial)
  public void closeQueue() throws IOException {
    queue().purge();
    queue().close();
  }

  /** What this many messages say. */
  static List<String> bodies(int count, String url) {
    return Tasks.batch(count).stream().map(task -> Envelope.of(task, url)).toList();
  }

  final void upload(int count, ClientCpu cpu) throws IOException {
    queue().insert(Tasks.batch(count));
    cpu.upToNow();
  }

  @Benchmark
  public void oneTaskACall(ClientCpu cpu) throws IOException {
    upload(1, cpu);
  }

  /** Inserts, leases and completes, a hundred at a time. */
  @Benchmark
  @OperationsPerInvocation(FEW)
  public long insertLeaseComplete(ClientCpu cpu) throws IOException, InterruptedException {
    queue().insert(Tasks.batch(FEW));
    long completed = 0;
    while (completed < FEW) {
      List<Lease> leases = queue().lease(FEW, LEASE, WAIT);
      if (leases.isEmpty()) {
        throw new IOException("%s of %s tasks have come".formatted(completed, FEW));
      }
      completed += leases.size() - queue().completeEach(leases).size();
    }
    cpu.upToNow();
    return completed;
  }
}
