package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * As {@link FaultTest}, for tasks in bundles: whatever goes wrong at each step of each verb, every
 * task is executed once more or was told as done, and none twice.
 */
class BundleFaultTest {

  private static final int MAX_OPERATIONS = 2_000;
  private static final Map<String, Verb> VERBS = new LinkedHashMap<>();

  private interface Verb {
    void run(Run run) throws Exception;
  }

  static {
    VERBS.put("insert", run -> run.insert(run.queue, "n", 3));
    VERBS.put("durable insert", run -> run.insert(run.durable, "n", 3));
    VERBS.put("lease more of a claimed bundle, and have the server know", Run::leaseMore);
    VERBS.put("lease from another bundle", run -> run.queue.lease(8, ofMinutes(5), ZERO));
    VERBS.put("lease what another has lost", Run::leaseWhatIsOver);
    VERBS.put("renew", run -> run.queue.renew(run.held.get(0), ofMinutes(10)));
    VERBS.put("release", run -> run.queue.release(run.held.get(0)));
    VERBS.put("fail", run -> run.queue.fail(run.held.get(0), "why", ofSeconds(10)));
    VERBS.put("give up", run -> run.queue.giveUp(run.held.get(0), "why"));
    VERBS.put("complete", run -> run.complete(run.held.get(0)));
    VERBS.put("complete the last", Run::completeTheLast);
    VERBS.put("complete some at once", run -> run.completeEach(run.held));
    VERBS.put("go on after trouble", Run::goOn);
    VERBS.put("give all back", Run::giveAllBack);
    VERBS.put("share", Run::share);
    VERBS.put("stats", run -> run.queue.stats());
    VERBS.put("list", run -> readAll(run.queue.list()));
    VERBS.put("peek", run -> run.queue.peek(new TaskId("w1")));
    VERBS.put("release all", run -> run.queue.releaseAll(info -> true));
    VERBS.put("complete by id", run -> run.completeById("w1", "w2"));
    VERBS.put("complete by id what is leased", run -> run.completeById("h0", "h3"));
    VERBS.put("lease by id", run -> run.queue.lease(Set.of(new TaskId("w1")), ofMinutes(5)));
    VERBS.put("bundle what lies there", Run::bundle);
    VERBS.put("unbundle", Run::unbundle);
    VERBS.put("purge", Run::purge);
    VERBS.put("move", Run::move);
  }

  private static void readAll(Stream<?> stream) {
    try (stream) {
      assertThat(stream.count()).isPositive();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyVerbSurvivesTroubleAtEachOfItsSteps() {
    return VERBS.keySet().stream()
        .flatMap(
            verb ->
                Stream.of(Fault.Kind.values())
                    .map(
                        kind ->
                            DynamicTest.dynamicTest(verb + ", " + kind, () -> tryAt(verb, kind))));
  }

  private static void tryAt(String verb, Fault.Kind kind) throws Exception {
    int steps = 0;
    Fault fault;
    do {
      assertThat(steps).as("a verb that never ends").isLessThan(MAX_OPERATIONS);
      fault = new Fault(kind, steps++);
      try (Run run = new Run()) {
        run.run(VERBS.get(verb), fault);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(verb + ", " + fault + ": " + e.getMessage(), e);
      }
    } while (fault.isHit());
    assertThat(steps)
        .as("operations of %s", verb)
        .isGreaterThan(kind == Fault.Kind.ASKED_TWICE ? 0 : 1);
  }

  /** A queue with bundles in every state, one verb on it, and what must hold afterwards. */
  private static final class Run implements AutoCloseable {
    private final MutableClock clock = MutableClock.atSomeTime();
    private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
    private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
    private final Path root = inMemory.getPath("/work/q");
    private final Path second = inMemory.getPath("/work/second");
    private final FileQueue queue;
    private final FileQueue durable;
    private final List<Lease> held;
    private final Set<TaskId> acknowledged = new HashSet<>();
    private final Set<TaskId> refused = new HashSet<>();
    private final Set<TaskId> ended = new HashSet<>();
    private final Set<TaskId> mayBeEnded = new HashSet<>();
    private boolean killed;
    private String trouble = "";
    private long opened;

    Run() throws Exception {
      try (FileQueue sound = open(root, false)) {
        insert(sound, "o", 4);
        // A worker that is gone: one done, one failed, one that was running, one untouched.
        FileQueue gone = open(root, false);
        List<Lease> leases = gone.lease(3, ofMinutes(5), ZERO);
        complete(gone, leases.get(0));
        gone.fail(leases.get(1), "first", ofHours(1));
        clock.advance(ofMinutes(6));
        insert(sound, "d", 2, ofHours(1));
        insert(sound, "h", 4);
        insert(sound, "w", 3);
      }
      queue = open(recording.wrapPath(root), false);
      durable = open(recording.wrapPath(root), true);
      List<Lease> leases = new ArrayList<>();
      while (leases.stream().noneMatch(lease -> lease.id().value().startsWith("h"))) {
        queue.close();
        leases.clear();
        leases.addAll(new ArrayList<>(queue.lease(2, ofMinutes(5), ZERO)));
        if (leases.stream().noneMatch(lease -> lease.id().value().startsWith("h"))) {
          for (Lease lease : leases) {
            queue.release(lease);
          }
        }
      }
      held = List.copyOf(leases);
    }

    private FileQueue open(Path path, boolean isDurable) throws IOException {
      return FileQueue.at(path)
          .clock(clock)
          .random(new Random(++opened))
          .host("node1")
          .durable(isDurable)
          .open(OpenMode.CREATE);
    }

    void insert(FileQueue into, String prefix, int count) throws IOException {
      insert(into, prefix, count, ZERO);
    }

    private void insert(FileQueue into, String prefix, int count, Duration delay)
        throws IOException {
      List<NewTask> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        TaskId id = new TaskId(prefix + i);
        tasks.add(
            new NewTask(
                id, Payload.ofJson('"' + id.value() + '"'), delay, NewTask.IdOrigin.GENERATED));
      }
      try {
        into.insertBundled(tasks, 100);
        tasks.forEach(task -> acknowledged.add(task.id()));
      } catch (PartialInsertException e) {
        for (int i = 0; i < count; i++) {
          (e.missing().get(i) ? refused : acknowledged).add(tasks.get(i).id());
        }
        throw e;
      }
    }

    private interface Ending {
      void run() throws Exception;
    }

    /** What is told as done must not come again; what is told as lost must. */
    private void end(Set<TaskId> ids, Ending ending) throws Exception {
      mayBeEnded.addAll(ids);
      try {
        ending.run();
        ended.addAll(ids);
      } catch (LeaseLostException e) {
        // The deletion of a task with a file of its own is not asked after (FaultTest).
        if (!trouble.contains("ASKED_TWICE")) {
          mayBeEnded.removeAll(ids);
        }
        throw e;
      }
    }

    private void complete(FileQueue by, Lease lease) throws Exception {
      end(Set.of(lease.id()), () -> by.complete(lease));
    }

    void complete(Lease lease) throws Exception {
      complete(queue, lease);
    }

    void completeEach(List<Lease> leases) throws Exception {
      Set<TaskId> ids = new HashSet<>();
      leases.forEach(lease -> ids.add(lease.id()));
      mayBeEnded.addAll(ids);
      if (queue.completeEach(leases).isEmpty()) {
        ended.addAll(ids);
      }
    }

    /** The tasks came in before, without trouble. */
    void bundle() throws Exception {
      List<NewTask> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tasks.add(NewTask.of(Payload.ofJson("" + i), ZERO));
      }
      try (FileQueue sound = open(root, false)) {
        sound.insert(tasks);
      }
      tasks.forEach(task -> acknowledged.add(task.id()));
      queue.bundle(3, info -> true);
    }

    void unbundle() throws Exception {
      assertThat(queue.unbundle()).isPositive();
    }

    void leaseMore() throws Exception {
      queue.leaseClaimed(2, ofMinutes(5));
      queue.share();
    }

    void completeTheLast() throws Exception {
      for (Lease lease : queue.lease(100, ofMinutes(5), ZERO)) {
        complete(lease);
      }
      for (Lease lease : held) {
        complete(lease);
      }
    }

    void completeById(String... names) throws Exception {
      Set<TaskId> ids = new HashSet<>();
      Stream.of(names).forEach(name -> ids.add(new TaskId(name)));
      mayBeEnded.addAll(ids);
      if (queue.completeById(ids) == ids.size()) {
        ended.addAll(ids);
      }
    }

    void leaseWhatIsOver() throws Exception {
      clock.advance(ofMinutes(6));
      FileQueue other = open(recording.wrapPath(root), false);
      other.lease(100, ofMinutes(5), ZERO);
    }

    void share() throws Exception {
      Path hungry = root.resolve("progress/.hungry");
      Files.write(hungry, new byte[0]);
      Files.setLastModifiedTime(hungry, FileTime.from(clock.instant().plusSeconds(1)));
      queue.share();
    }

    void goOn() throws Exception {
      try {
        queue.fail(held.get(0), "why", ZERO);
      } catch (IOException e) {
        assertThat(held).hasSize(2);
      }
      complete(held.get(1));
    }

    void giveAllBack() throws Exception {
      for (Lease lease : held) {
        queue.release(lease);
      }
      queue.close();
    }

    void purge() throws Exception {
      mayBeEnded.addAll(acknowledged);
      queue.purge();
    }

    void move() throws Exception {
      try (FileQueue to = open(recording.wrapPath(second), false)) {
        Optional<DirectMove> move = queue.directMoveTo(to);
        while (move.isPresent() && move.get().moveSome(10)) {}
      }
    }

    void run(Verb verb, Fault fault) throws Exception {
      recording.interfere(fault);
      trouble = fault.toString();
      try {
        verb.run(this);
      } catch (LeaseLostException e) {
        assertThat(fault.isHit()).isTrue();
      } catch (IOException | UncheckedIOException e) {
        assertThat(fault.isHit()).as("trouble of nobody's making: " + e).isTrue();
      } catch (Fault.Killed | CompletionException e) {
        killed = true;
      }
      recording.interfere(new RecordingFileSystem.Interference() {});
      if (!killed) {
        queue.close();
        durable.close();
      }
      List<TaskId> executed = new ArrayList<>(executeAll(root));
      if (Files.isDirectory(second.resolve("queue"))) {
        executed.addAll(executeAll(second));
      }
      assertThat(executed).as("executed twice").doesNotHaveDuplicates();
      assertThat(executed).as("told as done").filteredOn(ended::contains).isEmpty();
      assertThat(executed).as("not inserted").filteredOn(refused::contains).isEmpty();
      Set<TaskId> missing = new HashSet<>(acknowledged);
      missing.removeAll(mayBeEnded);
      missing.removeAll(executed);
      assertThat(missing).as("lost").isEmpty();
    }

    /** All that is in the queue, the dead too, once all leases have ended. */
    private List<TaskId> executeAll(Path where) throws Exception {
      List<TaskId> executed = new ArrayList<>();
      clock.advance(ofHours(2));
      try (FileQueue sound = open(where, false)) {
        do {
          for (List<Lease> leases = sound.lease(100, ofMinutes(5), ZERO);
              !leases.isEmpty();
              leases = sound.lease(100, ofMinutes(5), ZERO)) {
            for (Lease lease : leases) {
              executed.add(lease.id());
              sound.complete(lease);
            }
          }
        } while (sound.retryDead(id -> true) > 0);
        assertThat(sound.isEmpty()).isTrue();
      }
      return executed;
    }

    @Override
    public void close() throws IOException {
      inMemory.close();
    }
  }
}
