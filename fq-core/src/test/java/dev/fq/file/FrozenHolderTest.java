package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A process is frozen before each step of each verb, and loses all that it holds to a worker
 * meanwhile. Then it goes on, to the end or for one step: no attempt is begun by both, no task is
 * told as done to both, and none is lost.
 */
class FrozenHolderTest {

  private static final int MAX_OPERATIONS = 2_000;
  private static final Duration LEASE = ofMinutes(5);
  private static final Map<String, Verb> VERBS = new LinkedHashMap<>();
  private static final Map<String, Loss> LOSSES = new LinkedHashMap<>();

  private interface Verb {
    void run(Run run) throws Exception;
  }

  private interface Loss {
    void befall(Run run) throws IOException;
  }

  static {
    VERBS.put("lease", run -> run.begin(run.frozen.lease(3, LEASE, ZERO)));
    VERBS.put("lease what is claimed", run -> run.begin(run.frozen.leaseClaimed(2, LEASE)));
    VERBS.put("renew", run -> run.frozen.renew(run.held(), ofMinutes(10)));
    VERBS.put("complete", run -> run.complete(run.frozen, run.held()));
    VERBS.put("complete all", run -> run.completeEach(run.frozen, run.begunByFrozen));
    VERBS.put("fail", run -> run.frozen.fail(run.held(), "why", ofSeconds(10)));
    VERBS.put("release", Run::release);
    VERBS.put("give up", run -> run.frozen.giveUp(run.held(), "why"));
    VERBS.put("share", Run::share);
    VERBS.put("close", run -> run.frozen.close());
    VERBS.put("bundle", run -> run.frozen.bundle(3, info -> true));
    VERBS.put("unbundle", run -> run.frozen.unbundle());

    LOSSES.put("its leases end", run -> run.clock.advance(LEASE.plusSeconds(1)));
    LOSSES.put("an operator releases all", Run::releaseAll);
    LOSSES.put("an operator removes another task", run -> run.deleteById("w0"));
    LOSSES.put("a technician moves all to 0", Run::moveToZero);
  }

  @TestFactory
  Stream<DynamicTest> noAttemptIsBegunTwiceAndNoTaskIsDoneTwice() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int size : new int[] {1, 4}) {
      for (String verb : VERBS.keySet()) {
        for (String loss : LOSSES.keySet()) {
          String name = "%s while %s, %d in a file".formatted(verb, loss, size);
          tests.add(DynamicTest.dynamicTest(name, () -> freezeAtEachStep(size, verb, loss, false)));
          tests.add(
              DynamicTest.dynamicTest(
                  name + ", and killed", () -> freezeAtEachStep(size, verb, loss, true)));
        }
      }
    }
    return tests.stream();
  }

  private static void freezeAtEachStep(int size, String verb, String loss, boolean isKilled)
      throws Exception {
    boolean isFrozen = true;
    for (int step = 0; isFrozen; step++) {
      assertThat(step).as("a verb that never ends").isLessThan(MAX_OPERATIONS);
      try (Run run = new Run(size)) {
        isFrozen = run.run(VERBS.get(verb), LOSSES.get(loss), step, isKilled);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("frozen before step " + step + ": " + e.getMessage(), e);
      }
    }
  }

  /** An attempt of a task. */
  private record Attempt(TaskId id, int number) {
    static Attempt of(Lease lease) {
      return new Attempt(lease.id(), lease.attempt());
    }
  }

  private static final class Run implements AutoCloseable {
    private final MutableClock clock = MutableClock.atSomeTime();
    private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
    private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
    private final Path root = inMemory.getPath("/work/q");
    private final Set<TaskId> all = new HashSet<>();
    private final FileQueue frozen;
    private final FileQueue other;
    private final List<Lease> begunByFrozen = new ArrayList<>();
    private final List<Lease> begunByOther = new ArrayList<>();
    private final List<TaskId> done = new ArrayList<>();

    /** What may be done, though a kill keeps the answer. */
    private final Set<TaskId> ending = new HashSet<>();

    /** What was leased when an operator took it away: that attempt is not used up. */
    private final Set<TaskId> givenBack = new HashSet<>();

    private final Set<TaskId> released = new HashSet<>();

    private int steps;
    private boolean killed;

    Run(int size) throws Exception {
      other = open(root);
      insert("h", size);
      frozen = open(recording.wrapPath(root));
      begin(frozen.lease(2, LEASE, ZERO));
      insert("w", size);
    }

    private FileQueue open(Path path) throws IOException {
      return FileQueue.at(path).clock(clock).host("node1").open(OpenMode.CREATE);
    }

    private void insert(String prefix, int size) throws IOException {
      List<NewTask> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        TaskId id = new TaskId(prefix + i);
        all.add(id);
        tasks.add(new NewTask(id, Payload.ofJson("1"), ZERO, NewTask.IdOrigin.GENERATED));
      }
      if (size == 1) {
        other.insert(tasks);
      } else {
        other.insertBundled(tasks, size);
      }
    }

    Lease held() {
      return begunByFrozen.get(0);
    }

    void begin(List<Lease> leases) {
      begunByFrozen.addAll(leases);
    }

    void complete(FileQueue by, Lease lease) throws Exception {
      ending.add(lease.id());
      by.complete(lease);
      done.add(lease.id());
    }

    void completeEach(FileQueue by, List<Lease> leases) throws Exception {
      leases.forEach(lease -> ending.add(lease.id()));
      List<Lease> lost = by.completeEach(leases);
      leases.stream().filter(one -> !lost.contains(one)).forEach(one -> done.add(one.id()));
    }

    void release() throws Exception {
      released.add(held().id());
      try {
        frozen.release(held());
      } catch (LeaseLostException e) {
        released.clear();
        throw e;
      }
    }

    void share() throws IOException {
      Path hungry = root.resolve("progress/.hungry");
      Files.createDirectories(hungry.getParent());
      Files.write(hungry, new byte[0]);
      Files.setLastModifiedTime(hungry, FileTime.from(clock.instant().plusSeconds(1)));
      frozen.share();
    }

    void releaseAll() throws IOException {
      noteWhatIsGivenBack();
      other.releaseAll(info -> true);
    }

    void deleteById(String id) throws IOException {
      if (other.deleteById(Set.of(new TaskId(id))) > 0) {
        all.remove(new TaskId(id));
      }
    }

    private void noteWhatIsGivenBack() throws IOException {
      try (Stream<TaskInfo> tasks = other.list()) {
        tasks
            .filter(task -> task.state() == TaskState.LEASED)
            .forEach(task -> givenBack.add(task.id()));
      }
    }

    void moveToZero() throws IOException {
      try (Stream<Path> files = Files.list(root.resolve("queue"))) {
        for (Path file : files.toList()) {
          String zero = file.getFileName().toString().replaceFirst("^\\d+--", "0--");
          Files.move(file, file.resolveSibling(zero));
        }
      }
    }

    /** Whether the verb has so many steps. */
    boolean run(Verb verb, Loss loss, int step, boolean isKilled) throws Exception {
      recording.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) throws IOException {
              if (steps == step) {
                loss.befall(Run.this);
                leaseAll();
              } else if (isKilled && steps > step) {
                throw new Fault.Killed();
              }
              steps++;
            }
          });
      try {
        verb.run(this);
      } catch (LeaseLostException e) {
        assertThat(steps).as("nobody took it away").isGreaterThan(step);
      } catch (Fault.Killed | CompletionException e) {
        killed = true;
        all.removeAll(ending);
      }
      boolean isFrozen = steps > step;
      recording.interfere(new RecordingFileSystem.Interference() {});

      Set<Attempt> begun = new HashSet<>();
      begunByOther.forEach(lease -> begun.add(Attempt.of(lease)));
      assertThat(begunByFrozen)
          .as("begun by both")
          .filteredOn(lease -> !givenBack.contains(lease.id()) && !released.contains(lease.id()))
          .extracting(Attempt::of)
          .filteredOn(begun::contains)
          .isEmpty();
      completeEach(other, begunByOther);
      workOff();
      if (!killed) {
        completeEach(frozen, begunByFrozen);
      }
      assertThat(done).as("told as done").doesNotHaveDuplicates().containsAll(all);
      return isFrozen;
    }

    private void leaseAll() throws IOException {
      try {
        begunByOther.addAll(other.lease(100, LEASE, ZERO));
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    private void workOff() throws Exception {
      clock.advance(ofHours(2));
      do {
        for (List<Lease> leases = other.lease(100, LEASE, ZERO);
            !leases.isEmpty();
            leases = other.lease(100, LEASE, ZERO)) {
          completeEach(other, leases);
        }
      } while (other.retryDead(id -> true) > 0);
      assertThat(other.isEmpty()).isTrue();
    }

    @Override
    public void close() throws IOException {
      if (!killed) {
        frozen.close();
      }
      other.close();
      inMemory.close();
    }
  }
}
