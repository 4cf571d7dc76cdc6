package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.file.FileQueue;
import dev.fq.spi.Failure;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that return something, and where it goes. */
@Timeout(120)
class ResultTaskTest {

  @TempDir private Path directory;
  private FileQueue queue;

  record Square(long number) implements ResultTask<Long> {
    @Override
    public Long call(TaskContext context) {
      return number * number;
    }
  }

  record Extremes(List<Double> values) implements ResultTask<Map<String, List<Double>>> {
    @Override
    public Map<String, List<Double>> call(TaskContext context) {
      return Map.of("extremes", List.of(Collections.min(values), Collections.max(values)));
    }
  }

  record Nothing() implements ResultTask<@Nullable String> {
    @Override
    public @Nullable String call(TaskContext context) {
      return null;
    }
  }

  record Odd(String kind) implements ResultTask<Object> {
    @Override
    public Object call(TaskContext context) {
      return kind.equals("long") ? "x".repeat(TaskResult.MAX_BYTES) : Double.NaN;
    }
  }

  static final class Functions {
    @Queueable
    static int half(int number) {
      return number / 2;
    }

    @Queueable
    static void forget(int number) {}

    private Functions() {}
  }

  @BeforeEach
  void makeQueue() throws IOException {
    queue = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  private TaskQueue tasks() {
    return TaskQueue.at(directory.resolve("q").toString())
        .tasks(Square.class, Extremes.class, Nothing.class, Odd.class, Functions.class)
        .of(queue);
  }

  private static WorkerBuilder worker(TaskQueue tasks) {
    return tasks.worker().attempts(1).exitOnEmpty(true).record(true);
  }

  private static <T> List<T> all(Stream<T> stream) {
    try (stream) {
      return stream.toList();
    }
  }

  private String reason() throws IOException {
    try (Stream<TaskDetail> dead = queue.dead()) {
      List<Failure> failures = dead.findFirst().orElseThrow().failures();
      return failures.get(0).reason();
    }
  }

  @Test
  void whatTasksReturnIsReadAsTheirType() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(LongStream.range(0, 100).mapToObj(Square::new));
    tasks.insert(new Extremes(List.of(2.5, -1e9, 7.0)));

    worker(tasks).slots(4).build().run();

    assertThat(all(tasks.results(Square.class)).stream().mapToLong(Result::value).sum())
        .isEqualTo(328_350);
    assertThat(all(tasks.results(Extremes.class)))
        .extracting(Result::value)
        .containsExactly(Map.of("extremes", List.of(-1e9, 7.0)));
    assertThat(all(tasks.results())).hasSize(101);
  }

  @Test
  void resultNamesItsTask() throws Exception {
    TaskId id = new TaskId("seven");
    queue.insert(List.of(new NewTask(id, new Square(7).payload(), ZERO)));
    TaskQueue tasks = tasks();

    worker(tasks).build().run();

    assertThat(all(tasks.results(Square.class))).containsExactly(new Result<>(id, 49L));
  }

  @Test
  void nullIsAResultToo() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(new Nothing());

    worker(tasks).build().run();

    assertThat(all(tasks.results(Nothing.class))).hasSize(1);
    assertThat(all(tasks.results())).extracting(TaskResult::json).containsExactly("null");
  }

  @Test
  void whatAFunctionReturnsIsItsResultUnlessItIsVoid() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(dev.fq.Functions.call(Functions::half, 8));
    tasks.insert(dev.fq.Functions.call(Functions::forget, 8));

    worker(tasks).build().run();

    String half = Functions.class.getName() + ".half";
    assertThat(all(tasks.results(half, Integer.class)))
        .extracting(Result::value)
        .containsExactly(4);
    assertThat(all(tasks.results())).hasSize(1);
  }

  @Test
  void resultThatJsonCannotSayFailsTheAttempt() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(new Odd("NaN"));

    worker(tasks).build().run();

    assertThat(reason()).startsWith("its result cannot be written as JSON: ").hasLineCount(1);
    assertThat(all(tasks.results())).isEmpty();
  }

  @Test
  void resultThatIsTooLongFailsTheAttempt() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(new Odd("long"));

    worker(tasks).record(false).build().run();

    assertThat(reason())
        .isEqualTo("its result: expected at most 262144 bytes of JSON, found 262146");
  }

  @Test
  void taskThatFailsAfterItHasSaidItsResultHasNone() throws Exception {
    queue.insert(List.of(NewTask.of(Payload.ofJson("{}"), ZERO)));

    WorkerBuilder.of(
            queue,
            task -> {
              task.result(7);
              throw new TaskFailedException("for all that");
            })
        .attempts(1)
        .exitOnEmpty(true)
        .record(true)
        .build()
        .run();

    assertThat(all(tasks().results())).isEmpty();
  }

  @Test
  void workerThatRecordsNothingDropsResults() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(new Square(3));

    WorkerReport report = worker(tasks).record(false).build().run();

    assertThat(report.completed()).isEqualTo(1);
    assertThat(all(tasks.results())).isEmpty();
  }

  @Test
  void taskIsCompletedOnlyWhenItsResultCanBeRead() throws Exception {
    List<Integer> atCompletion = Collections.synchronizedList(new ArrayList<>());
    QueueBackend watched =
        InterceptedQueue.of(
            queue,
            verb -> {
              if (verb.startsWith("complete")) {
                atCompletion.add(all(tasks().results()).size());
              }
            });
    List<NewTask> bundled =
        IntStream.range(0, 50)
            .mapToObj(
                i ->
                    new NewTask(
                        new TaskId("t" + i), new Square(i).payload(), ZERO, IdOrigin.GENERATED))
            .toList();
    queue.insertBundled(bundled, 50);
    queue.insert(List.of(NewTask.of(new Square(7).payload(), ZERO)));

    WorkerBuilder.of(watched, new RegisteredTasks(TaskRegistry.of(Square.class)))
        .exitOnEmpty(true)
        .record(true)
        .build()
        .run();

    assertThat(atCompletion).isNotEmpty().allMatch(results -> results > 0).contains(51);
  }

  /** A log that takes outcomes, and no results. */
  private static final class FullLog implements OutcomeLog, OutcomeLog.Writer {
    private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());

    @Override
    public boolean isAsked() {
      return true;
    }

    @Override
    public void ask(boolean on) {}

    @Override
    public Writer writer() {
      return this;
    }

    @Override
    public void add(Outcome outcome) {
      outcomes.add(outcome);
    }

    @Override
    public void returned(List<TaskResult> results) throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public void close() {}

    @Override
    public Stream<Outcome> read(Instant since) {
      return outcomes.stream();
    }

    @Override
    public Stream<TaskResult> results(Predicate<? super TaskId> which) {
      return Stream.empty();
    }

    @Override
    public long prune(Instant before) {
      return 0;
    }
  }

  private void assertGivenBack(TaskQueue tasks, FullLog log) throws Exception {
    Worker worker = worker(tasks).recordIn(log).hostTroubleLimit(1).build();

    assertThatThrownBy(worker::run)
        .isInstanceOf(UnfitHostException.class)
        .hasMessageContaining("its result cannot be written: java.io.IOException: No space left");

    assertThat(log.outcomes).extracting(Outcome::result).contains(TaskOutcome.RELEASED);
    assertThat(log.outcomes).extracting(Outcome::result).doesNotContain(TaskOutcome.COMPLETED);
    assertThat(tasks.completed()).hasValue(0);
  }

  @Test
  void taskWhoseResultCannotBeWrittenIsGivenBack() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(new Square(3));

    assertGivenBack(tasks, new FullLog());

    assertThat(queue.lease(1, ofMinutes(1), ZERO).get(0).attempt()).isEqualTo(1);
  }

  @Test
  void tasksOfABundleWhoseResultsCannotBeWrittenAreGivenBack() throws Exception {
    TaskQueue tasks = tasks();
    tasks.insert(LongStream.range(0, 5).mapToObj(Square::new), InsertOptions.none().bundle(5));

    assertGivenBack(tasks, new FullLog());

    assertThat(tasks.enqueued()).hasValue(5);
  }

  @Nested
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its commands are of sh")
  class OfCommands {

    private void insertShell(String script) throws IOException {
      CommandTask command =
          new CommandTask(List.of("sh", "-c", script), directory.toString(), Map.of());
      queue.insert(List.of(NewTask.of(command.payload(), ZERO)));
    }

    @Test
    void commandReturnsWhatItWritesToDescriptor3OrToItsFile() throws Exception {
      insertShell("echo '{\"mean\": 7.50}' >&3");
      insertShell("printf '[1,\\n2]\\n' > \"$FQ_RESULT\"");
      insertShell("rm \"$FQ_RESULT\"");
      insertShell("true");
      TaskQueue tasks = tasks();

      assertThat(worker(tasks).build().run().completed()).isEqualTo(4);

      assertThat(all(tasks.results()))
          .extracting(TaskResult::json)
          .containsExactlyInAnyOrder("{\"mean\": 7.50}", "[1, 2]");
      assertThat(all(tasks.results())).extracting(TaskResult::type).containsOnly("CommandTask");
    }

    @Test
    void commandThatNobodyRecordsMayWriteAResultToItsFile() throws Exception {
      insertShell("echo 7 > \"$FQ_RESULT\"");

      assertThat(worker(tasks()).record(false).build().run().completed()).isEqualTo(1);
    }

    @Test
    void failedCommandHasNoResult() throws Exception {
      insertShell("echo 7 >&3; exit 2");
      TaskQueue tasks = tasks();

      worker(tasks).build().run();

      assertThat(reason()).isEqualTo("exit code 2");
      assertThat(all(tasks.results())).isEmpty();
    }

    private void assertNoResult(String script, String reason) throws Exception {
      insertShell(script);

      worker(tasks()).build().run();

      assertThat(reason())
          .startsWith("its result (file descriptor 3, or the file $FQ_RESULT): " + reason)
          .hasLineCount(1);
    }

    @Test
    void textThatIsNotJsonIsNoResult() throws Exception {
      assertNoResult(
          "echo done >&3", "expected one JSON value, found something else: not JSON: Unrecognized");
    }

    @Test
    void twoValuesAreNoResult() throws Exception {
      assertNoResult(
          "echo 7 >&3; echo 8 >&3",
          "expected one JSON value, found something else: expected one JSON value, found more at"
              + " line 2");
    }

    @Test
    void bytesThatAreNotUtf8AreNoResult() throws Exception {
      assertNoResult("printf '\"\\374\"' >&3", "expected UTF-8, found other bytes");
    }

    @Test
    void commandThatWritesTooMuchHasNoResult() throws Exception {
      assertNoResult(
          "head -c 300000 /dev/zero | tr '\\0' 7 >&3", "expected at most 262144 bytes, found more");
    }
  }
}
