package dev.fq.file;

import static dev.fq.file.Fault.Kind.ASKED_TWICE;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.format.TaskName;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each verb, with each kind of trouble at each of its operations on files, one after another. Then
 * no task that was acknowledged is missing, none has two names, no count is too high, and the queue
 * goes on working.
 */
class FaultTest {

  private static final int MAX_OPERATIONS = 500;

  private interface Verb {
    void run(Run run) throws Exception;
  }

  private static final Map<String, Verb> VERBS = new LinkedHashMap<>();

  static {
    VERBS.put("open", run -> run.reopen().close());
    VERBS.put("insert", run -> run.insert(run.queue, "n", 3));
    VERBS.put("durable insert", run -> run.insert(run.durable, "n", 3));
    VERBS.put("insert of given ids", run -> run.insertGiven(run.queue));
    VERBS.put("durable insert of given ids", run -> run.insertGiven(run.durable));
    VERBS.put("lease", run -> run.leased.addAll(run.queue.lease(2, ofMinutes(5), ZERO)));
    VERBS.put("renew", run -> run.renew(run.held(0)));
    VERBS.put("release", run -> run.queue.release(run.held(0)));
    VERBS.put("fail", run -> run.queue.fail(run.held(0), "why", ofSeconds(10)));
    VERBS.put("give up", run -> run.queue.giveUp(run.held(0), "why"));
    VERBS.put("complete", run -> run.complete(run.held(0)));
    VERBS.put("complete a second attempt", run -> run.complete(run.held(1)));
    VERBS.put("delete", run -> run.delete(run.held(0)));
    VERBS.put("stats", run -> run.queue.stats());
    VERBS.put("list", run -> run.readAll(run.queue.list()));
    VERBS.put("entries", run -> run.readAll(run.queue.entries(info -> true)));
    VERBS.put("bodies", run -> run.readAll(run.queue.bodies(info -> true)));
    VERBS.put("peek", run -> run.queue.peek(run.held(0).id()));
    VERBS.put("dead", run -> run.readAll(run.queue.dead()));
    VERBS.put("release all", run -> run.queue.releaseAll(info -> true));
    VERBS.put("retry dead", run -> run.queue.retryDead(id -> true));
    VERBS.put("purge dead", run -> run.remove(run.dead, () -> run.queue.purgeDead(id -> true)));
    VERBS.put(
        "delete by id", run -> run.remove(run.some(), () -> run.queue.deleteById(run.some())));
    VERBS.put("complete by id", run -> run.completeByIds(run.some()));
    VERBS.put("purge", run -> run.remove(run.inQueue(), run.queue::purge));
    VERBS.put("rezero", run -> run.queue.rezero());
  }

  @TestFactory
  Stream<DynamicTest> everyVerbSurvivesTroubleAtEachOfItsSteps() {
    return everyVerbWithEveryTrouble(false);
  }

  @TestFactory
  Stream<DynamicTest> everyVerbSurvivesItToo_whereTheQueueIsSharedWithPython() {
    return everyVerbWithEveryTrouble(true);
  }

  private static Stream<DynamicTest> everyVerbWithEveryTrouble(boolean shared) {
    return VERBS.keySet().stream()
        .flatMap(
            verb ->
                Stream.of(Fault.Kind.values())
                    .map(
                        kind ->
                            DynamicTest.dynamicTest(
                                verb + ", " + kind, () -> tryAt(verb, kind, shared))));
  }

  private static void tryAt(String verb, Fault.Kind kind, boolean shared) throws Exception {
    int steps = 0;
    Fault fault;
    do {
      assertThat(steps).as("a verb that never ends").isLessThan(MAX_OPERATIONS);
      fault = new Fault(kind, steps++);
      try (Run run = new Run(shared)) {
        run.run(VERBS.get(verb), fault);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(verb + ", " + fault + ": " + e.getMessage(), e);
      }
    } while (fault.isHit());
    // Without this, a test of nothing would pass.
    assertThat(steps).as("operations of %s", verb).isGreaterThan(kind == ASKED_TWICE ? 0 : 1);
  }

  /** A queue with tasks in every state, one verb on it, and what must hold afterwards. */
  private static final class Run implements AutoCloseable {
    private final MutableClock clock = MutableClock.atSomeTime();
    private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
    private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
    private final Path root = inMemory.getPath("/work/q");
    private final FileQueue queue;
    private final FileQueue durable;
    private final List<Lease> held = new ArrayList<>();
    private final Set<TaskId> acknowledged = new LinkedHashSet<>();
    private final Set<TaskId> refused = new HashSet<>();
    private final Set<TaskId> dead = new HashSet<>();
    private final Set<TaskId> mayBeGone = new HashSet<>();
    private final Set<TaskId> completed = new HashSet<>();
    private final List<Lease> leased = new ArrayList<>();
    private boolean rezeroed;
    private boolean killed;
    private boolean failed;
    private final boolean shared;

    Run(boolean shared) throws Exception {
      this.shared = shared;
      try (FileQueue sound = open(root, false)) {
        insert(sound, "h", 2);
        sound.fail(leaseThe("h1", sound), "first", ZERO);
        held.add(leaseThe("h0", sound));
        held.add(leaseThe("h1", sound));
        insert(sound, "d", 2);
        for (String id : List.of("d0", "d1")) {
          sound.giveUp(leaseThe(id, sound), "for good");
          dead.add(new TaskId(id));
        }
        insert(sound, "w", 3);
      }
      Path recorded = recording.wrapPath(root);
      queue = open(recorded, false);
      durable = open(recorded, true);
    }

    private FileQueue open(Path path, boolean isDurable) throws IOException {
      return FileQueue.at(path)
          .clock(clock)
          .random(new Random(1))
          .host("node1")
          .durable(isDurable)
          .sharedWithPython(shared)
          .open(OpenMode.CREATE);
    }

    FileQueue reopen() throws IOException {
      return open(recording.wrapPath(root), false);
    }

    /** Of all that is waiting; the others are waiting again then. */
    private static Lease leaseThe(String id, FileQueue queue) throws Exception {
      Lease wanted = null;
      for (Lease lease : queue.lease(100, ofMinutes(5), ZERO)) {
        if (lease.id().value().equals(id)) {
          wanted = lease;
        } else {
          queue.release(lease);
        }
      }
      assertThat(wanted).isNotNull();
      return wanted;
    }

    void insert(FileQueue into, String prefix, int count) throws IOException {
      insert(into, prefix, count, NewTask.IdOrigin.GENERATED);
    }

    /** The first three are ids of tasks that wait. */
    void insertGiven(FileQueue into) throws IOException {
      insert(into, "w", 5, NewTask.IdOrigin.GIVEN);
    }

    private void insert(FileQueue into, String prefix, int count, NewTask.IdOrigin origin)
        throws IOException {
      List<NewTask> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        TaskId id = new TaskId(prefix + i);
        tasks.add(new NewTask(id, Payload.ofJson('"' + id.value() + '"'), ZERO, origin));
      }
      try {
        into.insert(tasks);
        tasks.forEach(task -> acknowledged.add(task.id()));
      } catch (PartialInsertException e) {
        for (int i = 0; i < count; i++) {
          (e.missing().get(i) ? refused : acknowledged).add(tasks.get(i).id());
        }
        refused.removeAll(acknowledged);
        throw e;
      }
    }

    Lease held(int which) {
      return held.get(which);
    }

    Set<TaskId> some() {
      return Set.of(held.get(0).id(), new TaskId("w1"), new TaskId("unknown"));
    }

    Set<TaskId> inQueue() {
      Set<TaskId> ids = new HashSet<>(acknowledged);
      ids.removeAll(dead);
      return ids;
    }

    void renew(Lease lease) throws Exception {
      assertThat(queue.renew(lease, ofMinutes(10)).deadline())
          .isEqualTo(clock.instant().plus(ofMinutes(10)));
    }

    void complete(Lease lease) throws Exception {
      mayBeGone.add(lease.id());
      completed.add(lease.id());
      queue.complete(lease);
    }

    void delete(Lease lease) throws Exception {
      mayBeGone.add(lease.id());
      queue.delete(lease);
    }

    void completeByIds(Set<TaskId> ids) throws Exception {
      completed.addAll(ids);
      completed.retainAll(acknowledged);
      remove(ids, () -> queue.completeById(ids));
    }

    private interface Removal {
      void run() throws IOException;
    }

    void remove(Set<TaskId> ids, Removal removal) throws IOException {
      mayBeGone.addAll(ids);
      removal.run();
    }

    void readAll(Stream<?> stream) {
      try (stream) {
        assertThat(stream.count()).isPositive();
      }
    }

    void run(Verb verb, Fault fault) throws Exception {
      recording.interfere(fault);
      try {
        verb.run(this);
      } catch (LeaseLostException e) {
        failed = true;
        // A completion, say, that took place: it is told as lost, and is not done again.
        assertThat(fault.toString()).contains("ASKED_TWICE");
      } catch (IOException | UncheckedIOException e) {
        failed = true;
        assertThat(fault.isHit()).as("trouble of nobody's making: " + e).isTrue();
      } catch (Fault.Killed | CompletionException e) {
        killed = true;
      }
      rezeroed = verb == VERBS.get("rezero");
      recording.interfere(new RecordingFileSystem.Interference() {});
      if (!killed) {
        queue.close();
        durable.close();
      }
      try (FileQueue observer = open(root, false)) {
        nothingIsLostOrDoubled(observer);
        countsAreRight(observer, fault);
        queueGoesOn(killed ? observer : queue);
      }
    }

    private void nothingIsLostOrDoubled(FileQueue observer) throws IOException {
      List<String> names = new ArrayList<>();
      Map<TaskId, Integer> found = new HashMap<>();
      try (Stream<Path> tasks = Files.list(root.resolve("queue"))) {
        tasks.map(file -> file.getFileName().toString()).forEach(names::add);
      }
      names.forEach(name -> found.merge(TaskName.parse(name).id(), 1, Integer::sum));
      observer.dead().forEach(task -> found.merge(task.info().id(), 1, Integer::sum));
      assertThat(found.values()).as("%s", names).containsOnly(1);
      Set<TaskId> missing = new TreeSet<>(acknowledged);
      missing.removeAll(found.keySet());
      missing.removeAll(mayBeGone);
      assertThat(missing).as("missing from %s", names).isEmpty();
      assertThat(found.keySet()).filteredOn(refused::contains).isEmpty();
      assertThat(names).containsAll(leased.stream().map(this::fileName).toList());
    }

    private String fileName(Lease lease) {
      TaskName name = TaskName.parse(lease.receipt());
      return shared ? name.plain().fileName() : name.fileName();
    }

    private void countsAreRight(FileQueue observer, Fault fault) throws IOException {
      long inserted = observer.stats().inserted().orElseThrow();
      long done = observer.stats().completed().orElseThrow();
      Set<TaskId> present = present(observer);
      Set<TaskId> cameIn = new HashSet<>(acknowledged);
      cameIn.addAll(present);
      Set<TaskId> gone = new HashSet<>(completed);
      gone.removeAll(present);
      assertThat(inserted).as("inserted").isLessThanOrEqualTo(cameIn.size());
      assertThat(done).as("completed").isLessThanOrEqualTo(gone.size());
      if (fault.concernsNoCounter() && !rezeroed && !killed) {
        assertThat(inserted).as("inserted").isEqualTo(cameIn.size());
      }
      if (fault.concernsNoCounter() && !failed && !killed) {
        assertThat(done).as("completed").isEqualTo(gone.size());
      }
    }

    private static Set<TaskId> present(FileQueue observer) throws IOException {
      Set<TaskId> ids = new HashSet<>();
      try (var tasks = observer.list()) {
        tasks.forEach(info -> ids.add(info.id()));
      }
      return ids;
    }

    /** Everything comes out once more, whole, and can be completed. */
    private void queueGoesOn(FileQueue working) throws Exception {
      clock.advance(ofDays(1));
      working.insert(List.of(new NewTask(new TaskId("after"), Payload.ofJson("\"after\""), ZERO)));
      Set<TaskId> expected = present(working);
      working.dead().forEach(task -> expected.remove(task.info().id()));
      List<Lease> leases = working.lease(100, ofMinutes(5), ZERO);
      assertThat(leases)
          .allSatisfy(
              lease ->
                  assertThat(lease.payload().json()).isEqualTo('"' + lease.id().value() + '"'));
      assertThat(leases).extracting(Lease::id).containsExactlyInAnyOrderElementsOf(expected);
      for (Lease lease : leases) {
        working.complete(lease);
      }
      assertThat(working.isEmpty()).isTrue();
    }

    @Override
    public void close() throws IOException {
      inMemory.close();
    }
  }

  @Test
  void taskThatAnOldListingHidesIsFoundLater() throws Exception {
    try (Run run = new Run(false)) {
      Path tasks = run.recording.wrapPath(run.root).resolve("queue");
      run.recording.interfere(Fault.oldListings(Map.of(tasks, List.of())));
      assertThat(run.queue.lease(100, ofMinutes(5), ZERO)).isEmpty();
      assertThat(run.queue.stats().waiting()).hasValue(0);

      run.recording.interfere(new RecordingFileSystem.Interference() {});

      assertThat(run.queue.lease(100, ofMinutes(5), ZERO)).hasSize(3);
    }
  }

  @Test
  void taskThatOnlyAnOldListingShowsIsNobodys() throws Exception {
    try (Run run = new Run(false);
        FileQueue other = run.open(run.root, false)) {
      Path tasks = run.recording.wrapPath(run.root).resolve("queue");
      List<Path> before;
      try (Stream<Path> names = Files.list(tasks)) {
        before = names.toList();
      }
      for (Lease lease : other.lease(100, ofMinutes(5), ZERO)) {
        other.complete(lease);
      }
      other.releaseAll(info -> true);
      run.recording.interfere(Fault.oldListings(Map.of(tasks, before)));

      assertThat(run.queue.lease(100, ofMinutes(5), ZERO)).isEmpty();
      assertThat(run.queue.deleteById(run.inQueue())).isZero();
      assertThat(run.queue.releaseAll(info -> true)).isZero();
      assertThat(run.queue.purge()).hasValue(0);

      assertThat(other.stats().waiting()).hasValue(2);
      assertThat(other.stats().completed()).hasValue(3);
    }
  }
}
