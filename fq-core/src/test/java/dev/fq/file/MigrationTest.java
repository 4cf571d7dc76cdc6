package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Lease;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From one format into the other and back, also by several that are killed. */
class MigrationTest {

  /** One for all processes: each would draw other names. */
  private final Random random = new Random(1);

  private static final Duration LEASE = ofMinutes(1);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final Path root = inMemory.getPath("/work/q");

  /** A queue with a task in each state but leased, and counts of two hosts. */
  @BeforeEach
  void makeQueue() throws Exception {
    try (FileQueue queue = open("node1");
        FileQueue other = open("node2")) {
      insert(queue, "done", ZERO);
      queue.complete(leaseOne(queue));
      insert(queue, "dead", ZERO);
      queue.giveUp(leaseOne(queue), "no hope");
      insert(queue, "retried", ZERO);
      queue.fail(leaseOne(queue), "no luck", ofHours(2));
      insert(queue, "expired", ZERO);
      leaseOne(queue);
      clock.advance(LEASE.plusSeconds(1));
      leaseOne(queue);
      insert(other, "released", ZERO);
      other.release(leaseOne(other));
      insert(other, "delayed", ofHours(2));
      insert(other, "waiting", ZERO);
      clock.advance(LEASE.plusSeconds(1));
    }
  }

  @AfterEach
  void close() throws IOException {
    inMemory.close();
  }

  private FileQueue open(String host) throws IOException {
    return FileQueue.at(root).clock(clock).host(host).open(OpenMode.CREATE);
  }

  private static void insert(FileQueue queue, String id, Duration delay) throws IOException {
    queue.insert(List.of(new NewTask(new TaskId(id), Payload.ofJson("\"" + id + "\""), delay)));
  }

  private static Lease leaseOne(FileQueue queue) throws Exception {
    return queue.lease(1, LEASE, ZERO).get(0);
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Migration migration() throws IOException {
    return Migration.of(recording.wrapPath(root), clock, random);
  }

  /** All that can be told of the queue in either format. */
  private Map<String, String> told() throws IOException {
    Map<String, String> told = new TreeMap<>();
    try (FileQueue queue = FileQueue.at(root).clock(clock).open(OpenMode.EXISTING)) {
      told.put("(stats)", queue.stats().toString());
      try (Stream<TaskInfo> tasks = queue.list()) {
        for (TaskInfo info : (Iterable<TaskInfo>) tasks::iterator) {
          Instant due = info.state() == TaskState.DELAYED ? info.due() : Instant.EPOCH;
          String reasons = queue.peek(info.id()).orElseThrow().failures().toString();
          told.put(info.id().value(), info.state() + " " + due + " " + info.attempt() + reasons);
        }
      }
    }
    return told;
  }

  @Test
  void nothingButTheNamesIsAnotherInPythonsFormatAndBack() throws Exception {
    Map<String, String> before = told();
    assertThat(before).hasSize(7);
    List<String> names = names("queue");

    assertThat(migration().toPython(renamed -> {})).isEqualTo(3);

    assertThat(told()).isEqualTo(before);
    assertThat(names("queue")).allMatch(name -> name.matches("[0-9]+--[a-z]+\\.json")).hasSize(5);
    assertThat(names("movement"))
        .containsExactly("delayed", "expired", "released", "retried", "waiting");
    assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("7");
    assertThat(Files.size(root.resolve("completions"))).isEqualTo(1);
    assertThat(names("")).doesNotContain("insertions.node1", "completions.node1");

    // A task that was only released has used up no attempt, and its name says no more in either.
    assertThat(migration().toOwnFormat(renamed -> {})).isEqualTo(2);

    assertThat(told()).isEqualTo(before);
    assertThat(names("")).doesNotContain("movement");
    assertThat(names("queue")).hasSameSizeAs(names).contains("0--waiting.json");
  }

  @Test
  void everyAttemptCountsOnAfterwards() throws Exception {
    migration().toPython(renamed -> {});
    migration().toOwnFormat(renamed -> {});
    clock.advance(ofHours(3));

    try (FileQueue queue = open("node1")) {
      Map<String, Integer> attempts = new TreeMap<>();
      queue
          .lease(10, LEASE, ZERO)
          .forEach(lease -> attempts.put(lease.id().value(), lease.attempt()));

      assertThat(attempts)
          .isEqualTo(Map.of("delayed", 1, "expired", 3, "released", 1, "retried", 2, "waiting", 1));
    }
  }

  @Test
  void migrationThatIsKilledAnywhereLosesNothingAndIsCarriedOnOrTurnedBack() throws Exception {
    for (boolean toPython : new boolean[] {true, false}) {
      for (boolean next : new boolean[] {true, false}) {
        int step = 0;
        while (isCarriedOn(toPython, new Fault(Fault.Kind.KILLED, step), next)) {
          step++;
        }
        assertThat(step).isGreaterThan(toPython ? 50 : 20);
      }
    }
  }

  /** Whether there was something to be carried on: the migration had so many steps. */
  private boolean isCarriedOn(boolean toPython, Fault fault, boolean next) throws Exception {
    wipe();
    makeQueue();
    if (!toPython) {
      migrate(true);
    }
    Map<String, String> before = told();
    recording.interfere(fault);
    try {
      migrate(toPython);
    } catch (Fault.Killed e) {
      assertThat(fault.isHit()).isTrue();
    }
    recording.interfere(new RecordingFileSystem.Interference() {});
    assertThat(told()).as("%s", fault).isEqualTo(before);

    Map<String, String> meanwhile = workGoesOn();
    migrate(next);

    assertThat(told()).as("%s", fault).isEqualTo(meanwhile);
    assertThat(names("").contains("movement")).isEqualTo(next);
    assertThat(names("")).as("%s", fault).noneMatch(name -> name.startsWith("."));
    return fault.isHit();
  }

  /** By workers of fq; another task goes in and is done. */
  private Map<String, String> workGoesOn() throws Exception {
    try (FileQueue queue = open("node1")) {
      TaskId id = new TaskId("meanwhile");
      insert(queue, id.value(), ZERO);
      queue.completeById(Set.of(id));
    }
    return told();
  }

  private void wipe() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }

  private void migrate(boolean toPython) throws IOException {
    if (toPython) {
      migration().toPython(renamed -> {});
    } else {
      migration().toOwnFormat(renamed -> {});
    }
  }

  @Test
  void queueWithLeasedTasksIsLeftAsItIs() throws Exception {
    try (FileQueue queue = open("node1")) {
      Lease lease = leaseOne(queue);

      assertThatThrownBy(() -> migration().toPython(renamed -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("/work/q: 1 tasks are leased, such as " + lease.id())
          .hasMessageEndingWith(
              "; stop all workers, give back what a killed one held with fq release, and try again");
    }
    assertThat(names("")).doesNotContain("movement");
  }

  @Test
  void queueThatWaitsForOthersOrHasALimitIsLeftAsItIs() throws Exception {
    Files.writeString(root.resolve("gate"), "after ../other\n");

    assertThatThrownBy(() -> migration().toPython(renamed -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its gate is closed");

    assertThat(names("")).doesNotContain("movement");
    Files.delete(root.resolve("gate"));
    Files.writeString(root.resolve("limit"), "20\n");
    assertThatThrownBy(() -> migration().toPython(renamed -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it has a limit");
  }

  @Test
  void taskThatPythonHoldsKeepsTheQueueShared() throws Exception {
    migration().toPython(renamed -> {});
    Files.move(
        root.resolve("queue/0--waiting.json"), root.resolve("queue/9999999999--waiting.json"));

    assertThatThrownBy(() -> migration().toOwnFormat(renamed -> {}))
        .hasMessageContaining("1 tasks are leased, such as waiting by python");
    assertThat(names("")).contains("movement");
  }

  @Test
  void nameThatPythonWouldEndAtIsToldBefore() throws Exception {
    Files.writeString(root.resolve("queue/notes.txt"), "ask Ann");

    assertThatThrownBy(() -> migration().toPython(renamed -> {}))
        .hasMessage(
            "/work/q/queue: 1 names that python-task-queue cannot read, and would end at, such as"
                + " notes.txt; move them away, or complete those tasks first");
    assertThat(names("")).doesNotContain("movement");
  }
}
