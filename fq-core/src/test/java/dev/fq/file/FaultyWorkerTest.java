package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.TaskContext;
import dev.fq.TaskFailedException;
import dev.fq.TaskHandler;
import dev.fq.WorkerBuilder;
import dev.fq.WorkerReport;
import dev.fq.file.disk.News;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A worker whose file system fails: it ends its tasks all the same, or says why it cannot. */
class FaultyWorkerTest {

  private static final int TASKS = 5;
  private static final TaskId POISON = new TaskId("poison");

  private Worked worked;

  /** A queue of some good tasks and a bad one, and a worker for them. */
  private static final class Worked implements AutoCloseable {
    private final MutableClock clock = MutableClock.atSomeTime();
    private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
    private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
    private final Path root = inMemory.getPath("/work/q");
    private final FileQueue queue = open(recording.wrapPath(root));
    private final Set<TaskId> executed = ConcurrentHashMap.newKeySet();

    Worked() throws IOException {
      Payload payload = Payload.ofJson("{}");
      for (int i = 0; i < TASKS; i++) {
        queue.insert(List.of(new NewTask(new TaskId("t" + i), payload, ZERO)));
      }
      queue.insert(List.of(new NewTask(POISON, payload, ZERO)));
    }

    private FileQueue open(Path path) throws IOException {
      return FileQueue.at(path)
          .clock(clock)
          .random(new Random(1))
          .news(this::longWait)
          .open(OpenMode.CREATE);
    }

    /** Who waits for a moment finds that more time has passed: leases and retries end soon. */
    private News longWait() {
      return new News() {
        @Override
        public void await(Duration atMost) {
          clock.advance(atMost.plusSeconds(10));
        }

        @Override
        public void close() {}
      };
    }

    private void execute(TaskContext task) throws TaskFailedException {
      executed.add(task.id());
      if (task.id().equals(POISON)) {
        throw new TaskFailedException("as always");
      }
    }

    /**
     * A worker that may not do what it must ends, and one with nothing left but what it may not
     * lease; when it may again, the next one goes on.
     */
    WorkerReport work(TaskHandler handler) throws IOException, InterruptedException {
      WorkerReport report = null;
      while (report == null || queue.passedOver() > 0) {
        try {
          clock.advance(ofMinutes(2));
          report = workOnce(handler);
        } catch (QueueDeniedException e) {
          assertThat(e).hasMessageContaining("/work/q: permission denied");
        }
      }
      return report;
    }

    private WorkerReport workOnce(TaskHandler handler) throws IOException, InterruptedException {
      return WorkerBuilder.of(queue, handler)
          .attempts(3)
          .leaseTime(ofSeconds(60))
          .retryDelay(ofSeconds(1), ofSeconds(2))
          .backOff(ofMillis(1), ofMillis(2))
          .exitOnEmpty(true)
          .build()
          .run();
    }

    void everythingIsDone() throws IOException {
      try (FileQueue observer = open(root)) {
        QueueStats stats = observer.stats();
        assertThat(observer.isEmpty()).isTrue();
        assertThat(stats.dead().orElseThrow()).isPositive();
        assertThat(stats.completed().orElseThrow() + stats.dead().orElseThrow())
            .isLessThanOrEqualTo(TASKS + 1);
        observer
            .dead()
            .filter(task -> !executed.contains(task.info().id()))
            .forEach(task -> assertThat(task.failures()).as("%s", task).isNotEmpty());
        try (var dead = observer.dead()) {
          assertThat(executed.size() + dead.count()).isGreaterThanOrEqualTo(TASKS + 1);
        }
      }
    }

    @Override
    public void close() throws IOException {
      queue.close();
      inMemory.close();
    }
  }

  @BeforeEach
  void make() throws IOException {
    worked = new Worked();
  }

  @AfterEach
  void close() throws IOException {
    worked.close();
  }

  @TestFactory
  Stream<DynamicTest> workerSurvivesTroubleAtEachStepAndDoesAllTheWork() {
    return Arrays.stream(Fault.Kind.values())
        .filter(kind -> kind != Fault.Kind.KILLED)
        .map(kind -> DynamicTest.dynamicTest(kind.name(), () -> tryEachStep(kind)));
  }

  private static void tryEachStep(Fault.Kind kind) throws Exception {
    int steps = 0;
    Fault fault;
    do {
      fault = new Fault(kind, steps++);
      try (Worked run = new Worked()) {
        run.recording.interfere(fault);
        run.work(run::execute);
        run.everythingIsDone();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(fault + ": " + e, e);
      }
    } while (fault.isHit());
    assertThat(steps).isGreaterThan(TASKS);
  }

  private interface Trouble {
    IOException of(Path path);
  }

  /** So many operations in a row that change something fail, and then it is over. */
  private static RecordingFileSystem.Interference atFirst(int count, Trouble trouble) {
    AtomicInteger left = new AtomicInteger(count);
    return new RecordingFileSystem.Interference() {
      @Override
      public void before(String operation, Path path) throws IOException {
        boolean changes = Set.of("create", "write", "open", "move", "delete").contains(operation);
        if (changes && left.getAndDecrement() > 0) {
          throw trouble.of(path);
        }
      }
    };
  }

  @Test
  void workGoesOnWhenTheDiskHasSpaceAgain() throws Exception {
    worked.recording.interfere(
        atFirst(50, path -> new FileSystemException("" + path, null, "No space left on device")));

    worked.work(worked::execute);

    worked.everythingIsDone();
    assertThat(worked.queue.stats().completed()).hasValue(TASKS);
  }

  @Test
  void workGoesOnWhenTheQueueMayBeWrittenAgain() throws Exception {
    // Each task is tried to be leased, and none can be: nothing is read and nothing is dead.
    worked.recording.interfere(atFirst(50, path -> new AccessDeniedException("" + path)));

    worked.work(worked::execute);

    worked.everythingIsDone();
    assertThat(worked.queue.stats().completed()).hasValue(TASKS);
  }

  @Test
  void completionsThatADiskWithoutSpaceCannotCountAreCountedLater() throws Exception {
    worked.work(
        task -> {
          boolean full = worked.executed.size() < TASKS - 1;
          worked.recording.interfere(
              new RecordingFileSystem.Interference() {
                @Override
                public void before(String operation, Path path) throws IOException {
                  if (full && path.toString().contains("completions")) {
                    throw new FileSystemException("" + path, null, "No space left on device");
                  }
                }
              });
          worked.execute(task);
        });

    worked.everythingIsDone();
    assertThat(worked.queue.stats().completed()).hasValue(TASKS);
  }

  @Test
  void workerWhoseQueueIsRemovedUnderItSaysSo() throws Exception {
    assertThatThrownBy(
            () ->
                worked.work(
                    task -> {
                      removeQueue();
                      worked.execute(task);
                    }))
        .isInstanceOf(NoQueueException.class)
        .hasMessageContaining("/work/q: the queue is gone");
    assertThat(worked.executed).hasSize(1);
  }

  private void removeQueue() throws IOException {
    try (Stream<Path> all = Files.walk(worked.root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void workerStaysWhenTheServerSaysStaleOfEverythingForAWhile() throws Exception {
    AtomicInteger left = new AtomicInteger(50);
    worked.recording.interfere(
        new RecordingFileSystem.Interference() {
          @Override
          public void before(String operation, Path path) throws IOException {
            if (left.getAndDecrement() > 0) {
              throw new FileSystemException("" + path, null, "Stale file handle");
            }
          }
        });

    worked.work(worked::execute);

    worked.everythingIsDone();
    assertThat(worked.queue.stats().completed()).hasValue(TASKS);
  }
}
