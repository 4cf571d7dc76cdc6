package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** How a lease finds its task: what it touches, what it leaves alone, and what it costs. */
class FindingWorkTest {

  private static final Duration LEASE = ofMinutes(5);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final Path root = recording.wrapPath(inMemory.getPath("/work/q"));
  private FileQueue queue;

  @BeforeEach
  void open() throws IOException {
    queue = open(new Random(1));
  }

  private FileQueue open(Random random) throws IOException {
    return FileQueue.at(root)
        .clock(clock)
        .random(random)
        .host("node1")
        .news(() -> new FileQueueContract.JumpingNews(clock))
        .open(OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private void insert(int count, Duration delay) throws IOException {
    List<NewTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(NewTask.of(Payload.ofJson("{}"), delay));
    }
    queue.insert(tasks);
  }

  private long recorded(String operation) {
    return recording.operations().stream().filter(line -> line.startsWith(operation)).count();
  }

  @Test
  void orderedQueueLeasesInTheOrderOfInsertsHoweverManyThereAre() throws Exception {
    List<NewTask> tasks = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      tasks.add(NewTask.of(Payload.ofJson("{}"), ZERO));
    }
    queue.insert(tasks);
    try (FileQueue ordered =
        FileQueue.at(root).clock(clock).host("node2").ordered(true).open(OpenMode.EXISTING)) {
      List<TaskId> leased = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        ordered.lease(10, LEASE, ZERO).forEach(lease -> leased.add(lease.id()));
      }

      assertThat(leased).isEqualTo(tasks.stream().map(NewTask::id).toList());
    }
  }

  @Test
  void leaseLooksAtAndOpensOnlyWhatItWon() throws Exception {
    insert(50, ZERO);
    insert(50, ofMinutes(10));
    recording.operations().clear();

    List<Lease> leases = queue.lease(3, LEASE, ZERO);

    assertThat(leases).hasSize(3);
    assertThat(recorded("stat")).isEqualTo(3);
    assertThat(recorded("list queue")).isEqualTo(1);
    assertThat(recorded("move")).isEqualTo(3);
    assertThat(recorded("open")).isEqualTo(3);
    assertThat(leases)
        .allSatisfy(
            lease -> assertThat(recording.operations()).contains("open " + lease.receipt()));
  }

  @Test
  void insertWritesTheWholeTaskElsewhereAndThenRenamesIt() throws Exception {
    TaskId id = TaskId.next();
    recording.operations().clear();

    queue.insert(List.of(new NewTask(id, Payload.ofJson("{}"), ZERO, NewTask.IdOrigin.GENERATED)));

    assertThat(recording.operations())
        .satisfiesExactly(
            leftovers -> assertThat(leftovers).isEqualTo("list tmp"),
            make -> assertThat(make).matches("create " + id + "\\.[0-9a-v]{8}"),
            write -> assertThat(write).matches("write " + id + "\\.[0-9a-v]{8}"),
            close -> assertThat(close).matches("close " + id + "\\.[0-9a-v]{8}"),
            publish -> assertThat(publish).matches("move " + id + "\\.[0-9a-v]{8}"),
            look -> assertThat(look).isEqualTo("stat insertions.node1"),
            open -> assertThat(open).isEqualTo("create insertions.node1"),
            count -> assertThat(count).isEqualTo("write insertions.node1"),
            end -> assertThat(end).isEqualTo("close insertions.node1"));
  }

  @Test
  void statsReadNamesOnly() throws Exception {
    insert(50, ZERO);
    queue.giveUp(queue.lease(1, LEASE, ZERO).get(0), "no luck");
    recording.operations().clear();

    queue.stats();

    assertThat(recording.operations())
        .containsExactlyInAnyOrder(
            "list queue", "list dead", "list q", "stat insertions.node1", "open insertions.node1");
  }

  @Test
  void onePassOverTheDirectoryServesManyLeases() throws Exception {
    insert(500, ZERO);
    recording.operations().clear();

    for (int i = 0; i < 500; i++) {
      assertThat(queue.lease(1, LEASE, ZERO)).hasSize(1);
    }

    assertThat(recorded("list queue")).isEqualTo(1);
  }

  @Test
  void gateAndLimitAreLookedForOnceASecond() throws Exception {
    insert(500, ZERO);
    recording.operations().clear();

    for (int i = 0; i < 499; i++) {
      queue.lease(1, LEASE, ZERO);
    }

    assertThat(recording.operations().stream().filter("list q"::equals)).hasSize(2);
    clock.advance(ofSeconds(1));
    queue.lease(1, LEASE, ZERO);
    assertThat(recording.operations().stream().filter("list q"::equals)).hasSize(4);
  }

  @Test
  void emptyAnswerComesOnlyAfterAPassThatWasBegunSince() throws Exception {
    insert(1, ZERO);
    queue.lease(1, LEASE, ZERO);
    insert(1, ZERO);

    assertThat(queue.lease(1, LEASE, ZERO)).hasSize(1);
    assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();
  }

  @Test
  void twoWorkersDoNotRunForTheSameFiles() throws Exception {
    insert(1000, ZERO);
    try (FileQueue other = open(new Random(2))) {
      // Both read the directory before either leases much of it.
      queue.lease(1, LEASE, ZERO);
      other.lease(1, LEASE, ZERO);
      recording.operations().clear();

      queue.lease(100, LEASE, ZERO);
      other.lease(100, LEASE, ZERO);
    }

    long lost = recorded("move") - recorded("open");
    assertThat(recorded("open")).isEqualTo(200);
    assertThat(lost).isLessThan(50);
  }

  @Test
  void windowThatOthersHaveEmptiedIsGivenUp() throws Exception {
    insert(3000, ZERO);
    try (FileQueue other = open(new Random(2))) {
      queue.lease(1, LEASE, ZERO);
      other.lease(1500, LEASE, ZERO);
      recording.operations().clear();

      assertThat(queue.lease(100, LEASE, ZERO)).hasSize(100);
    }

    long lost = recorded("move") - recorded("open");
    assertThat(lost).isLessThan(150);
  }

  @RepeatedTest(10)
  void fewThatAreLeftAreFoundThoughTheLastWindowIsGivenUp(RepetitionInfo repetition)
      throws Exception {
    insert(100, ZERO);
    try (FileQueue one = open(new Random(repetition.getCurrentRepetition()));
        FileQueue other = open(new Random(0))) {
      one.lease(1, LEASE, ZERO);
      other.lease(95, LEASE, ZERO);

      assertThat(one.lease(10, LEASE, ZERO)).hasSize(4);
    }
  }

  @Test
  void everythingIsFoundThoughWindowsAreGivenUp() throws Exception {
    insert(5000, ZERO);
    int found = 0;
    try (FileQueue other = open(new Random(2))) {
      queue.lease(1, LEASE, ZERO);
      found = 1 + other.lease(2500, LEASE, ZERO).size() + queue.lease(5000, LEASE, ZERO).size();
    }

    assertThat(found).isEqualTo(5000);
  }

  @Test
  void idleWorkerLooksAgainWhenTheEarliestTaskIsDue() throws Exception {
    insert(1, ofSeconds(100));
    insert(1, ofSeconds(40));

    assertThat(queue.lease(1, LEASE, ofMinutes(30))).hasSize(1);

    assertThat(Duration.between(MutableClock.atSomeTime().instant(), clock.instant()))
        .isEqualTo(ofSeconds(40));
  }

  @Test
  void idleWorkerDoesNotOversleepWhatBecomesDueWhileItLooks() throws Exception {
    // Due after 3 s. With steps of 800 ms the last look is at 2.4 s, and the wait begins at 3.2 s.
    insert(1, ofSeconds(3));
    Clock ticking =
        new Clock() {
          @Override
          public Instant instant() {
            clock.advance(ofMillis(800));
            return clock.instant();
          }

          @Override
          public ZoneId getZone() {
            return clock.getZone();
          }

          @Override
          public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
          }
        };
    Instant start = clock.instant();
    try (FileQueue slow =
        FileQueue.at(root)
            .clock(ticking)
            .news(() -> new FileQueueContract.JumpingNews(clock))
            .open(OpenMode.EXISTING)) {
      assertThat(slow.lease(1, LEASE, ofMinutes(30))).hasSize(1);
    }

    assertThat(Duration.between(start, clock.instant())).isLessThan(ofMinutes(1));
  }

  @Test
  void passThatTheServerHasForgottenIsBegunAnew() throws Exception {
    insert(2000, ZERO);
    queue.lease(1, LEASE, ZERO);
    recording.interfere(Fault.once("next", new IOException("/work/q/queue: Stale file handle")));

    assertThat(queue.lease(2000, LEASE, ZERO)).hasSize(1999);
  }

  @Test
  void idleWorkerThatWaitsAgainLooksOnceABeginning() throws Exception {
    queue.lease(1, LEASE, ofSeconds(10));
    recording.operations().clear();

    queue.lease(1, LEASE, ofSeconds(10));

    assertThat(recorded("list queue")).isEqualTo(2);
  }
}
