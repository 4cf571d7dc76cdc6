package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.PartialEndException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker on tasks whose completions cost little more together than alone. */
@Timeout(120)
class WorkerOnBundlesTest {

  private static final int TASKS = 500;

  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final List<String> verbs = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> executed = Collections.synchronizedSet(new TreeSet<>());
  private FileQueue queue;

  @BeforeEach
  void insertTasks() throws IOException {
    queue = FileQueue.at(files.getPath("/q")).open(OpenMode.CREATE);
    List<NewTask> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(new NewTask(new TaskId("t" + i), Payload.ofJson("" + i), ZERO, IdOrigin.GENERATED));
    }
    queue.insertBundled(tasks, 200);
  }

  @AfterEach
  void closeQueue() throws IOException {
    queue.close();
    files.close();
  }

  private WorkerBuilder worker(QueueBackend on, TaskHandler handler) {
    return WorkerBuilder.of(on, handler).leaseTime(ofMinutes(5)).exitOnEmpty(true);
  }

  private void execute(TaskContext task) {
    executed.add(task.id().value());
  }

  private long count(String verb) {
    return verbs.stream().filter(verb::equals).count();
  }

  @Test
  void quickTasksAreEachExecutedAndCompletedManyAtOnce() throws Exception {
    QueueBackend recorded = InterceptedQueue.of(queue, verbs::add);

    WorkerReport report = worker(recorded, this::execute).slots(2).build().run();

    assertThat(report.completed()).isEqualTo(TASKS);
    assertThat(report.begun()).isEqualTo(TASKS);
    assertThat(report.reason()).isEqualTo(StopReason.EMPTY);
    assertThat(executed).hasSize(TASKS);
    assertThat(queue.stats().completed()).hasValue(TASKS);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(count("complete")).isZero();
    assertThat(count("completeEach")).isPositive().isLessThan(TASKS);
    assertThat(count("lease")).as("looks at the queue").isLessThan(TASKS);
  }

  /** Another takes all tasks at the moment when the worker completes the first. */
  @Test
  void taskThatIsLostBeforeItsCompletionIsToldAsLost() throws Exception {
    FileQueue other = FileQueue.at(files.getPath("/q")).open(OpenMode.EXISTING);
    AtomicInteger taken = new AtomicInteger();
    List<TaskOutcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    QueueBackend raced =
        InterceptedQueue.of(
            queue,
            verb -> {
              if (verb.equals("completeEach") && taken.getAndIncrement() == 0) {
                queue.releaseAll(info -> true);
                other.lease(TASKS, ofMinutes(5), ZERO);
              }
            });

    WorkerReport report =
        worker(raced, this::execute)
            .exitOnEmpty(false)
            .idleTimeout(Duration.ofMillis(1))
            .listener(
                new WorkerListener() {
                  @Override
                  public void ended(Outcome outcome) {
                    outcomes.add(outcome.result());
                  }
                })
            .build()
            .run();

    assertThat(report.lost()).isPositive();
    assertThat(report.completed() + report.lost()).isEqualTo(report.begun());
    assertThat(outcomes).hasSize((int) report.begun());
    assertThat(queue.stats().completed()).hasValue(report.completed());
    other.close();
  }

  @Test
  void troubleWithSomeLeavesTheOthersCompleted() throws Exception {
    AtomicInteger troubles = new AtomicInteger();
    QueueBackend troubled =
        new ForwardingQueue(queue) {
          @Override
          public List<Lease> completeEach(List<Lease> leases) throws IOException {
            if (troubles.getAndIncrement() > 0) {
              return super.completeEach(leases);
            }
            throw new PartialEndException(
                leases.subList(0, 1),
                super.completeEach(leases.subList(1, leases.size())),
                new FileSystemException("q", null, "timed out"));
          }
        };

    WorkerReport report =
        worker(troubled, this::execute)
            .exitOnEmpty(false)
            .idleTimeout(Duration.ofMillis(1))
            .build()
            .run();

    assertThat(report.lost()).isEqualTo(1);
    assertThat(report.completed()).isEqualTo(TASKS - 1);
    assertThat(queue.list().map(info -> info.state())).containsExactly(TaskState.LEASED);
  }

  @Test
  void limitOfTasksIsKept() throws Exception {
    WorkerReport report = worker(queue, this::execute).slots(3).maxTasks(37).build().run();

    assertThat(report.completed()).isEqualTo(37);
    assertThat(executed).hasSize(37);
    assertThat(queue.stats().completed()).hasValue(37);
    assertThat(queue.stats().waiting()).hasValue(TASKS - 37);
  }

  @Test
  void conditionIsLookedAtBeforeEachTask() throws Exception {
    worker(queue, this::execute).stopWhen(soFar -> soFar.begun() == 5).build().run();

    assertThat(executed).hasSize(5);
    assertThat(queue.stats().completed()).hasValue(5);
  }

  @RepeatedTest(20)
  void workerThatIsStoppedHasCompletedWhatItHasDone() throws Exception {
    Worker[] worker = new Worker[1];
    worker[0] =
        worker(
                queue,
                task -> {
                  execute(task);
                  if (executed.size() == 100) {
                    worker[0].stop();
                  }
                })
            .build();

    WorkerReport report = worker[0].run();

    assertThat(executed).hasSize(100);
    assertThat(report.completed()).isEqualTo(100);
    assertThat(queue.stats().completed()).hasValue(100);
    assertThat(queue.stats().leased()).hasValue(0);
  }
}
