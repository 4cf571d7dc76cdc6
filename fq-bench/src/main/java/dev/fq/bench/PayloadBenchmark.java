package dev.fq.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fq.Task;
import dev.fq.TaskContext;
import dev.fq.TaskRegistry;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it take to turn a record into a task's JSON, to check JSON that somebody else wrote,
 * and to make the record again, beside Jackson alone?
 *
 * <p>{@code java -jar fq-bench.jar PayloadBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class PayloadBenchmark {

  /** A task as cluster users have them. */
  public record Downsample(
      String layerPath, int mip, List<Integer> shape, List<Integer> offset, boolean fillMissing)
      implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  private final Downsample task =
      new Downsample(
          "gs://bucket/dataset/layer",
          3,
          List.of(512, 512, 64),
          List.of(10_240, 20_480, 128),
          true);
  private final TaskRegistry registry = TaskRegistry.of(Downsample.class);
  private final Payload payload = task.payload();
  private final String text = payload.json();
  private final ObjectMapper jackson = new ObjectMapper();

  @Benchmark
  public Payload encode() {
    return task.payload();
  }

  @Benchmark
  public String encodeByJacksonAlone() throws IOException {
    return jackson.writeValueAsString(task);
  }

  @Benchmark
  public Payload check() throws InvalidPayloadException {
    return Payload.ofJson(text);
  }

  @Benchmark
  public Task decode() {
    return registry.task(payload);
  }

  @Benchmark
  public Object decodeByJacksonAlone() throws IOException {
    return jackson.readTree(text);
  }
}
