package dev.fq;

import static dev.fq.Functions.bind;
import static dev.fq.Functions.call;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fq.spi.Envelope;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Payloads that python-task-queue wrote are tasks here, and ours are what it writes, to the letter.
 */
@Execution(ExecutionMode.SAME_THREAD)
class PythonPayloadsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/python-task-queue");

  private static final List<String> executed = Collections.synchronizedList(new ArrayList<>());

  record PrintTask(Object txt) implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add("PrintTask " + txt);
    }
  }

  record NoArgTask() implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add("NoArgTask");
    }
  }

  record DownsampleTask(
      @JsonProperty("layer_path") String layerPath,
      int mip,
      List<Integer> shape,
      @SuppressWarnings("ArrayRecordComponent") long[] offset,
      @JsonProperty("fill_missing") boolean fillMissing,
      String axis,
      String compress,
      List<Integer> factor)
      implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add("DownsampleTask " + layerPath + " " + Arrays.toString(offset));
    }
  }

  static final class MyLib {
    private MyLib() {}

    @Queueable(module = "mylib", name = "print_task")
    static void printTask(String txt) {
      executed.add("print_task " + txt);
    }

    @Queueable(module = "mylib", name = "sum_task")
    static void sumTask(
        long a, Number b, @Default("1") double scale, @Default("[]") List<Object> tags) {
      executed.add("sum_task " + (a + b.doubleValue()) * scale + " " + tags);
    }
  }

  private static final TaskRegistry REGISTRY =
      TaskRegistry.of(PrintTask.class, NoArgTask.class, DownsampleTask.class, MyLib.class);

  @BeforeEach
  void forget() {
    executed.clear();
  }

  static List<Path> bodies() throws IOException {
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static Payload payload(Path body) throws IOException {
    return Envelope.payload(Files.readString(body));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void payloadIsReadAndWrittenAgainToTheLetter(Path body) throws IOException {
    Payload payload = payload(body);

    assertThat(REGISTRY.task(payload).payload()).isEqualTo(payload);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void whatPythonInsertedIsExecuted(Path body) throws Exception {
    Payload payload = payload(body);

    REGISTRY
        .task(payload)
        .execute(TaskContext.local(TaskId.next(), payload, NoQueues.NONE, Map.of()));

    assertThat(executed).hasSize(1);
  }

  @Test
  void allEightFormsAreThere() throws IOException {
    assertThat(bodies()).hasSizeGreaterThanOrEqualTo(8 + 4 + 3 + 3);
  }

  @Test
  void sameTasksWrittenByJavaAreWhatPythonWrites() throws IOException {
    List<Payload> python = new ArrayList<>();
    for (Path body : bodies()) {
      if (body.startsWith(GOLDEN.resolve("inserted"))) {
        python.add(payload(body));
      }
    }

    List<Task> java =
        List.of(
            new PrintTask("hello world"),
            new PrintTask(7),
            new NoArgTask(),
            new DownsampleTask(
                "gs://bucket/layer \"q\" \u00fc\u4e2d\ud83d\ude00",
                3,
                List.of(512, 512, 64),
                new long[] {0, -128, 7},
                true,
                "z",
                null,
                List.of(2, 2, 1)),
            call(MyLib::printTask, "hello"),
            bind(MyLib::printTask).with("txt", "kw").task(),
            bind(MyLib::sumTask)
                .with(1L)
                .with(2.5)
                .with("scale", 1e-3)
                .with("tags", Arrays.asList("a", null, true, Map.of("k", List.of(1, 2))))
                .task(),
            bind(MyLib::sumTask).with(1_000_000_000_000_000L).with("b", -1).task());

    assertThat(java.stream().map(Task::payload)).containsExactlyInAnyOrderElementsOf(python);
  }

  @Test
  void argumentsOfPythonArriveAsTheyWere() throws Exception {
    for (Path body : bodies()) {
      Payload payload = payload(body);
      REGISTRY
          .task(payload)
          .execute(TaskContext.local(TaskId.next(), payload, NoQueues.NONE, Map.of()));
    }

    assertThat(executed)
        .contains(
            "PrintTask hello world",
            "PrintTask 7",
            "NoArgTask",
            "DownsampleTask gs://bucket/layer \"q\" \u00fc\u4e2d\ud83d\ude00 [0, -128, 7]",
            "print_task hello",
            "print_task kw",
            "sum_task 0.0035 [a, null, true, {k=[1, 2]}]",
            "sum_task 9.99999999999999E14 []",
            "PrintTask later");
  }
}
