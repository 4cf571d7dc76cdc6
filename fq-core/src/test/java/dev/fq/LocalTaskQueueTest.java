package dev.fq;

import static dev.fq.Functions.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class LocalTaskQueueTest {

  private static final Queue<Object> executed = new ConcurrentLinkedQueue<>();
  private static CyclicBarrier together = new CyclicBarrier(1);
  private static CountDownLatch begun = new CountDownLatch(0);

  record Note(int number) implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add(number);
    }
  }

  record Failing(int number) implements Task {
    @Override
    public void execute(TaskContext context) throws Exception {
      if (number == 3) {
        throw new FileNotFoundException("no tile " + number);
      }
      executed.add(number);
    }
  }

  record Tell() implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add(context.value("who", String.class).orElse("nobody"));
      executed.add(context.queue().url());
      executed.add(context.attempt());
      executed.add(context.isLeaseLost());
    }
  }

  record Meet(int number) implements Task {
    @Override
    public void execute(TaskContext context) throws Exception {
      together.await(1, TimeUnit.MINUTES);
      executed.add(number);
    }
  }

  record Interrupt() implements Task {
    @Override
    public void execute(TaskContext context) throws InterruptedException {
      throw new InterruptedException();
    }
  }

  record Endless() implements Task {
    @Override
    public void execute(TaskContext context) throws InterruptedException {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        executed.add("interrupted");
        throw e;
      }
    }
  }

  @Queueable
  static void function(int number) {
    executed.add("function " + number);
  }

  private final LocalTaskQueue queue = LocalTaskQueue.withThreads(1);

  @BeforeEach
  void forget() {
    executed.clear();
  }

  @AfterEach
  void nobodyIsInterrupted() {
    assertThat(Thread.interrupted()).isFalse();
  }

  private static Stream<Task> notes(int count) {
    return IntStream.range(0, count).mapToObj(Note::new);
  }

  @Test
  void tasksAreExecutedWhenTheQueueIsClosed() {
    try (LocalTaskQueue local = LocalTaskQueue.withThreads(4)) {
      assertThat(local.insert(notes(100))).isEqualTo(100);
      assertThat(local.insert(List.of(new Note(100)))).isEqualTo(1);
      assertThat(local.insert(call(LocalTaskQueueTest::function, 7))).isEqualTo(1);
      assertThat(executed).isEmpty();
    }

    assertThat(executed).hasSize(102).contains(0, 99, 100, "function 7");
  }

  @Test
  void tasksAreExecutedOnce() throws Exception {
    queue.insert(notes(2));

    assertThat(queue.execute()).isEqualTo(2);
    assertThat(queue.execute()).isZero();

    assertThat(executed).containsExactly(0, 1);
  }

  @Test
  void insertAllExecutesWhileTasksAreGenerated() throws Exception {
    List<Integer> before = new ArrayList<>();

    long count =
        queue.insertAll(
            IntStream.range(0, 3)
                .mapToObj(
                    i -> {
                      before.add(executed.size());
                      return new Note(i);
                    }));

    assertThat(count).isEqualTo(3);
    assertThat(before).containsExactly(0, 1, 2);
  }

  @Test
  void asManyAsThereAreThreadsAreExecutedAtOnce() throws Exception {
    together = new CyclicBarrier(3);

    LocalTaskQueue.withThreads(3).insertAll(List.of(new Meet(0), new Meet(1), new Meet(2)));

    assertThat(executed).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void exceptionOfATaskReachesTheCallerAndNamesTheTask() throws Exception {
    queue.insert(IntStream.range(0, 6).mapToObj(Failing::new));

    assertThatThrownBy(queue::execute)
        .isInstanceOf(TaskExecutionException.class)
        .hasMessageContaining("Failing[number=3]")
        .hasMessageContaining("no tile 3")
        .hasCauseInstanceOf(FileNotFoundException.class);

    assertThat(executed).containsExactly(0, 1, 2);
    assertThat(queue.execute()).isEqualTo(2);
    assertThat(executed).containsExactly(0, 1, 2, 4, 5);
  }

  @Test
  void exceptionOfATaskInAnotherThreadReachesTheCallerToo() {
    TaskExecutionException e =
        catchThrowableOfType(
            TaskExecutionException.class,
            () ->
                LocalTaskQueue.withThreads(4)
                    .insertAll(IntStream.range(0, 100).mapToObj(Failing::new)));

    assertThat(e).hasMessageContaining("Failing[number=3]");
  }

  @Test
  void taskThatCouldNotBeInAQueueIsNotExecutedHereEither() {
    queue.insert(context -> executed.add("lambda"));

    assertThatThrownBy(queue::execute)
        .isInstanceOf(TaskExecutionException.class)
        .hasMessageContaining("a class with a name");

    assertThat(executed).isEmpty();
  }

  @Test
  void eachTaskHasValuesOfItsOwn() throws Exception {
    queue.insert(new Tell(), Map.of("who", "ann"));
    queue.insert(new Tell());

    queue.execute();

    assertThat(executed).containsExactly("ann", "local", 1, false, "nobody", "local", 1, false);
  }

  @Test
  void progressIsTold() throws Exception {
    List<String> progress = new ArrayList<>();
    queue.progress((done, total) -> progress.add(done + "/" + total));
    queue.insert(notes(2));

    queue.execute();
    queue.insertAll(notes(1).iterator());

    assertThat(progress).containsExactly("1/2", "2/2", "1/-1");
  }

  @Test
  void interruptionEndsTheExecution() {
    queue.insert(new Interrupt());
    queue.insert(new Note(1));

    assertThatThrownBy(queue::execute).isInstanceOf(InterruptedException.class);

    assertThat(executed).isEmpty();
  }

  @Test
  void interruptionReachesTheTasksOfAllThreads() throws Exception {
    begun = new CountDownLatch(3);
    List<Throwable> thrown = new ArrayList<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                LocalTaskQueue.withThreads(3).insertAll(Stream.generate(Endless::new));
              } catch (InterruptedException | RuntimeException e) {
                thrown.add(e);
              }
            });
    caller.start();
    begun.await();

    caller.interrupt();
    caller.join();

    assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
    assertThat(executed).containsExactly("interrupted", "interrupted", "interrupted");
  }

  @Test
  void closeThatIsInterruptedSaysWhatIsLeft() {
    queue.insert(new Interrupt());
    queue.insert(new Note(1));

    assertThatThrownBy(queue::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 tasks not executed");

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void noThreadsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> LocalTaskQueue.withThreads(0));
  }
}
