package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialEndException;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is on disk, and what else may happen to files: all that other backends cannot have. */
class FileQueueTest {

  private static final Duration LEASE = ofMinutes(5);
  private static final TaskId ID = new TaskId("0199b0a0-0000-7000-8000-000000000001");

  /** 2026-11-24T12:00:00Z. */
  private static final long NOW = 1_795_521_600L;

  private final MutableClock clock = MutableClock.atSomeTime();
  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/work/q");
  private FileQueue queue;

  @BeforeEach
  void open() throws IOException {
    queue = builder("node1").open(OpenMode.CREATE);
  }

  private FileQueue.Builder builder(String host) {
    return FileQueue.at(root).clock(clock).random(new Random(7)).host(host);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    fileSystem.close();
  }

  private void insert(TaskId id, Duration delay) throws IOException {
    queue.insert(List.of(new NewTask(id, Payload.ofJson("{\"a\": 1}"), delay)));
  }

  private Lease leaseOne() throws Exception {
    List<Lease> leases = queue.lease(1, LEASE, ZERO);
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String onlyName() throws IOException {
    List<String> names = names("queue");
    assertThat(names).hasSize(1);
    return names.get(0);
  }

  // the format

  @Test
  void insertedTaskIsOneWholeFileInQueue() throws Exception {
    insert(ID, ZERO);

    assertThat(onlyName()).isEqualTo("0--" + ID + ".json");
    assertThat(Files.readString(root.resolve("queue").resolve(onlyName())))
        .isEqualTo(
            "{\"payload\": {\"a\": 1}, \"queueName\": \"fq:///work/q\", \"id\": \"" + ID + "\"}");
    assertThat(names("tmp")).isEmpty();
  }

  @Test
  void whatIsCompletedBeforeTroubleAmongSeveralIsCounted() throws Exception {
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    insert(ID, ZERO);
    insert(new TaskId("other"), ZERO);
    try (FileQueue troubled =
        FileQueue.at(recording.wrapPath(root)).clock(clock).open(OpenMode.EXISTING)) {
      List<Lease> leases = troubled.lease(2, LEASE, ZERO);
      AtomicInteger deletions = new AtomicInteger();
      recording.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) throws IOException {
              if (operation.equals("delete") && deletions.incrementAndGet() == 2) {
                throw new FileSystemException(path.toString(), null, "Input/output error");
              }
            }
          });

      PartialEndException e =
          catchThrowableOfType(PartialEndException.class, () -> troubled.completeEach(leases));

      assertThat(e.unended()).containsExactly(leases.get(1));
      assertThat(e.lost()).isEmpty();

      assertThat(troubled.stats().completed()).hasValue(1);
    }
  }

  /** So it is when a file server has carried out a renewal and its answer was lost. */
  @Test
  void leaseWhoseFileHasGotALaterDueIsStillHeld() throws Exception {
    insert(ID, ZERO);
    Lease lease = leaseOne();
    Path held = root.resolve("queue").resolve(onlyName());
    Files.move(held, held.resolveSibling(onlyName().replace("" + (NOW + 300), "" + (NOW + 400))));

    queue.renew(lease, LEASE);
    assertThat(onlyName()).isEqualTo(lease.receipt());

    queue.fail(lease, "no luck", ZERO);
    assertThat(onlyName()).isEqualTo("0--" + ID + ".1.json");
  }

  @Test
  void leaseIsEndedByItsReceiptAlsoThroughAnotherObject() throws Exception {
    insert(ID, ZERO);
    Lease lease = leaseOne();
    clock.advance(ofSeconds(100));
    queue.renew(lease, LEASE);

    try (FileQueue other = FileQueue.at(root).clock(clock).open(OpenMode.EXISTING)) {
      other.release(lease);
      assertThatThrownBy(() -> other.renew(lease, LEASE)).isInstanceOf(LeaseLostException.class);
    }
    assertThatThrownBy(() -> queue.renew(lease, LEASE)).isInstanceOf(LeaseLostException.class);
    assertThat(leaseOne().attempt()).isEqualTo(1);
  }

  @Test
  void namesFollowTheTaskThroughItsLife() throws Exception {
    insert(ID, ofSeconds(60));
    assertThat(onlyName()).isEqualTo((NOW + 60) + "--" + ID + ".json");

    clock.advance(ofSeconds(60));
    Lease first = leaseOne();
    String pid = Long.toString(ProcessHandle.current().pid());
    assertThat(onlyName())
        .matches((NOW + 360) + "--" + ID + "\\.1\\.node1-" + pid + "-[0-9a-v]{8}\\.json");
    assertThat(first.receipt()).isEqualTo(onlyName());

    clock.advance(ofSeconds(100));
    Lease renewed = queue.renew(first, LEASE);
    assertThat(onlyName()).isEqualTo(first.receipt().replace("" + (NOW + 360), "" + (NOW + 460)));

    queue.fail(renewed, "no luck", ofSeconds(10));
    assertThat(onlyName()).isEqualTo((NOW + 170) + "--" + ID + ".1.json");

    clock.advance(ofSeconds(10));
    Lease second = leaseOne();
    queue.release(second);
    assertThat(onlyName())
        .isEqualTo(second.receipt().replaceFirst("^[0-9]+", "0").replace(".2.", ".1."));

    queue.giveUp(leaseOne(), "for good");
    assertThat(names("queue")).isEmpty();
    assertThat(names("dead")).containsExactly(ID + ".json", ID + ".log");

    queue.retryDead(id -> true);
    assertThat(onlyName()).matches("0--" + ID + "\\.0\\.node1-" + pid + "-[0-9a-v]{8}\\.json");
    assertThat(names("dead")).isEmpty();
    assertThat(leaseOne().attempt()).isEqualTo(1);
  }

  @Test
  void deadTaskReplacesNoOtherOfItsId() throws Exception {
    insert(ID, ZERO);
    queue.giveUp(leaseOne(), "first");
    Files.writeString(root.resolve("queue/0--" + ID + ".json"), "{\"payload\": \"other\"}");

    queue.giveUp(leaseOne(), "second");

    assertThat(names("dead"))
        .satisfiesExactlyInAnyOrder(
            token -> assertThat(token).matches(ID + "\\.[0-9a-v]{8}\\.json"),
            first -> assertThat(first).isEqualTo(ID + ".json"),
            reasons -> assertThat(reasons).isEqualTo(ID + ".log"));
    try (Stream<TaskDetail> dead = queue.dead()) {
      assertThat(dead.map(TaskDetail::body)).hasSize(2).anyMatch(body -> body.contains("other"));
    }

    assertThat(queue.retryDead(id -> true)).isEqualTo(1);
    assertThat(queue.stats().dead()).hasValue(1);
    queue.complete(leaseOne());
    assertThat(queue.retryDead(id -> true)).isEqualTo(1);
    queue.complete(leaseOne());
    assertThat(names("dead")).isEmpty();
  }

  @Test
  void secondNameOfADeadTaskThatAKilledProcessLeftIsNoSecondTask() throws Exception {
    insert(ID, ZERO);
    queue.giveUp(leaseOne(), "why");
    Files.createLink(
        root.resolve("dead/" + ID + ".0000000a.json"), root.resolve("dead/" + ID + ".json"));

    assertThat(queue.stats().dead()).hasValue(1);
    try (Stream<TaskDetail> dead = queue.dead()) {
      assertThat(dead).hasSize(1);
    }
    assertThat(queue.retryDead(id -> true)).isEqualTo(1);

    assertThat(names("queue")).hasSize(1);
    assertThat(names("dead")).isEmpty();
  }

  @Test
  void logHasOneJsonLineAFailure() throws Exception {
    insert(ID, ZERO);
    queue.fail(leaseOne(), "exit code 1\nno such tile", ZERO);
    queue.giveUp(leaseOne(), "again");

    List<String> lines = Files.readAllLines(root.resolve("dead").resolve(ID + ".log"));

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .startsWith("{\"attempt\":1,\"holder\":\"node1-")
        .endsWith("\"at\":\"2026-11-24T12:00:00Z\",\"reason\":\"exit code 1\\nno such tile\"}");
  }

  @Test
  void lineThatWasWrittenByHalfCostsNoOther() throws Exception {
    insert(ID, ZERO);
    Files.writeString(root.resolve("dead").resolve(ID + ".log"), "{\"attempt\":1,\"holder\":\"no");
    queue.fail(leaseOne(), "says \"{\\\"attempt\\\"\"", ZERO);

    List<Failure> failures = queue.peek(ID).orElseThrow().failures();

    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).reason()).isEqualTo("says \"{\\\"attempt\\\"\"");
  }

  @Test
  void purgedTaskLeavesNoLogBehind() throws Exception {
    insert(ID, ZERO);
    queue.fail(leaseOne(), "no luck", ZERO);
    assertThat(names("dead")).containsExactly(ID + ".log");

    queue.purge();

    assertThat(names("dead")).isEmpty();
  }

  @Test
  void everyHostCountsInItsOwnFilesAndTheSumIsTheCount() throws Exception {
    try (FileQueue other = builder("node2.cluster").open(OpenMode.EXISTING)) {
      insert(ID, ZERO);
      other.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
      other.insert(List.of(NewTask.of(Payload.ofJson("2"), ZERO)));
      queue.complete(leaseOne());
      other.complete(other.lease(1, LEASE, ZERO).get(0));
    }

    assertThat(Files.readString(root.resolve("insertions.node1"))).isEqualTo(".");
    assertThat(Files.readString(root.resolve("insertions.node2.cluster"))).isEqualTo("..");
    assertThat(Files.readString(root.resolve("completions.node1"))).isEqualTo(".");
    assertThat(queue.stats().inserted()).hasValue(3);
    assertThat(queue.stats().completed()).hasValue(2);
  }

  @Test
  void countersOfPythonTaskQueueAreAddedIn() throws Exception {
    Files.writeString(root.resolve("insertions"), "40\n");
    Files.write(root.resolve("completions"), new byte[30]);
    insert(ID, ZERO);

    assertThat(queue.stats().inserted()).hasValue(41);
    assertThat(queue.stats().completed()).hasValue(30);
  }

  @Test
  void rezeroRemovesAllCounterFiles() throws Exception {
    Files.writeString(root.resolve("insertions"), "40");
    insert(ID, ZERO);

    queue.rezero();

    assertThat(names("")).containsExactly("dead", "queue", "tmp");
  }

  // opening

  @Test
  void fileIsNoQueue() throws Exception {
    Path file = Files.writeString(fileSystem.getPath("/work/file"), "x");

    assertThatThrownBy(() -> FileQueue.at(file).open(OpenMode.CREATE))
        .isInstanceOf(NoQueueException.class)
        .hasMessage("/work/file: expected a queue's directory, found a file");
  }

  @Test
  void directoryWithOtherContentIsNoQueue() throws Exception {
    Path home = Files.createDirectories(fileSystem.getPath("/home/ann"));
    Files.writeString(home.resolve("thesis.tex"), "x");

    for (OpenMode mode : OpenMode.values()) {
      assertThatThrownBy(() -> FileQueue.at(home).open(mode))
          .isInstanceOf(NoQueueException.class)
          .hasMessageContaining("directory with other content (thesis.tex)");
    }
  }

  @Test
  void nothingBecomesAQueueOnlyWhenAsked() throws Exception {
    Path nothing = fileSystem.getPath("/work/typo");

    assertThatThrownBy(() -> FileQueue.at(nothing).open(OpenMode.EXISTING))
        .isInstanceOf(NoQueueException.class)
        .hasMessageContaining("/work/typo: no queue here");
    assertThat(Files.exists(nothing)).isFalse();

    FileQueue.at(nothing).clock(clock).open(OpenMode.CREATE).close();
    FileQueue.at(nothing).clock(clock).open(OpenMode.EXISTING).close();
  }

  @Test
  void emptyDirectoryBecomesAQueueWhenAsked() throws Exception {
    Path empty = Files.createDirectories(fileSystem.getPath("/work/empty"));
    Files.createDirectory(empty.resolve(".snapshot"));

    assertThatThrownBy(() -> FileQueue.at(empty).open(OpenMode.EXISTING))
        .isInstanceOf(NoQueueException.class);
    FileQueue.at(empty).clock(clock).open(OpenMode.CREATE).close();

    assertThat(Files.isDirectory(empty.resolve("queue"))).isTrue();
  }

  @Test
  void staleHandleIsTransientAndAReadOnlyFileSystemIsNot() {
    assertThat(queue.isTransient(new FileSystemException("/q", null, "Stale file handle")))
        .isTrue();
    assertThat(queue.isTransient(new FileSystemException("/q", null, "Input/output error")))
        .isTrue();
    assertThat(queue.isTransient(new FileSystemException("/q", null, "Read-only file system")))
        .isFalse();
    assertThat(queue.isTransient(new AccessDeniedException("/q"))).isFalse();
  }

  @Test
  void goneQueueIsToldByEveryVerbThatNeedsIt() throws Exception {
    insert(ID, ZERO);
    Lease lease = leaseOne();
    removeAll();

    assertThatThrownBy(() -> queue.lease(1, LEASE, ZERO))
        .isInstanceOf(NoQueueException.class)
        .hasMessageContaining("/work/q: the queue is gone");
    assertThatThrownBy(() -> queue.stats()).isInstanceOf(NoQueueException.class);
    assertThatThrownBy(() -> queue.purge()).isInstanceOf(NoQueueException.class);
    assertThatThrownBy(() -> insert(TaskId.next(), ZERO))
        .isInstanceOf(PartialInsertException.class)
        .hasCauseInstanceOf(NoQueueException.class);
    assertThatThrownBy(() -> queue.complete(lease)).isInstanceOf(NoQueueException.class);
  }

  private void removeAll() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  // what a technician may do by hand

  @Test
  void leaseMovedToZeroByHandIsLeasableAgain() throws Exception {
    insert(ID, ZERO);
    Lease lost = leaseOne();

    moveToZero();

    assertThat(queue.stats().waiting()).hasValue(1);
    assertThat(leaseOne().attempt()).isEqualTo(2);
    assertThatThrownBy(() -> queue.complete(lost)).isInstanceOf(LeaseLostException.class);
  }

  private void moveToZero() throws IOException {
    String name = onlyName();
    String zero = "0" + name.substring(name.indexOf("--"));
    Files.move(root.resolve("queue").resolve(name), root.resolve("queue").resolve(zero));
  }

  @Test
  void workOnALeaseMovedToZeroByHandIsCompletedUnlessItWasLeasedSince() throws Exception {
    insert(ID, ZERO);
    Lease lease = leaseOne();

    moveToZero();
    queue.complete(lease);

    assertThat(names("queue")).isEmpty();
    assertThat(queue.stats().completed()).hasValue(1);
  }

  @Test
  void payloadChangedInPlaceIsWhatTheNextHolderGets() throws Exception {
    insert(ID, ZERO);
    Path file = root.resolve("queue").resolve(onlyName());

    Files.writeString(file, Files.readString(file).replace("\"a\": 1", "\"a\": 2"));

    assertThat(leaseOne().payload().json()).isEqualTo("{\"a\": 2}");
  }

  @Test
  void countersMayBeRemovedByHand() throws Exception {
    insert(ID, ZERO);
    Files.delete(root.resolve("insertions.node1"));
    insert(TaskId.next(), ZERO);

    assertThat(queue.stats().inserted()).hasValue(1);
  }

  @Test
  void deadTaskMovedBackByHandIsLeasable() throws Exception {
    insert(ID, ZERO);
    queue.giveUp(leaseOne(), "no luck");

    Files.move(
        root.resolve("dead").resolve(ID + ".json"),
        root.resolve("queue").resolve("0--" + ID + ".json"));

    assertThat(leaseOne().attempt()).isEqualTo(1);
  }

  @Test
  void taskWrittenByHandIsLeasable() throws Exception {
    Files.writeString(root.resolve("queue/0--mine.json"), "{\"payload\":[1,2]}\n");

    assertThat(leaseOne().payload().json()).isEqualTo("[1,2]");
  }

  // inserting

  @Test
  void durableInsertPutsInTheSameTasks() throws Exception {
    List<NewTask> tasks =
        IntStream.range(0, 300)
            .mapToObj(i -> new NewTask(new TaskId("t" + i), payloadOf(i), ZERO))
            .toList();
    try (FileQueue durable = builder("node1").durable(true).open(OpenMode.EXISTING)) {
      durable.insert(tasks);
    }

    assertThat(queue.lease(1000, LEASE, ZERO))
        .extracting(lease -> lease.id() + "=" + lease.payload())
        .containsExactlyInAnyOrderElementsOf(
            tasks.stream().map(task -> task.id() + "=" + task.payload()).toList());
    assertThat(queue.stats().inserted()).hasValue(300);
    assertThat(names("tmp")).isEmpty();
  }

  private static Payload payloadOf(int i) {
    try {
      return Payload.ofJson("{\"i\": " + i + "}");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static NewTask generated(String id, Payload payload) {
    return new NewTask(new TaskId(id), payload, ZERO, NewTask.IdOrigin.GENERATED);
  }

  @Test
  void failedInsertTellsHowManyWentInAndCountsThem() throws Exception {
    for (boolean durable : new boolean[] {false, true}) {
      queue.rezero();
      queue.purge();
      try (FileQueue failing = builder("node1").durable(durable).open(OpenMode.EXISTING)) {
        // A directory where the third task's file would go.
        Files.createDirectories(root.resolve("queue/0--t2.json/x"));

        PartialInsertException e =
            catchThrowableOfType(
                PartialInsertException.class,
                () ->
                    failing.insert(
                        IntStream.range(0, 5)
                            .mapToObj(i -> generated("t" + i, payloadOf(i)))
                            .toList()));

        assertThat(e.inserted()).isEqualTo(2);
        assertThat(e).hasMessageContaining("2 of 5 tasks were inserted");
        assertThat(names("queue")).containsExactly("0--t0.json", "0--t1.json", "0--t2.json");
        assertThat(names("tmp")).isEmpty();
        assertThat(queue.stats().inserted()).hasValue(2);
      }
      Files.delete(root.resolve("queue/0--t2.json/x"));
      Files.delete(root.resolve("queue/0--t2.json"));
    }
  }

  @Test
  void leftoversOfADayAgoAreRemovedByTheNextInserter() throws Exception {
    Path old = Files.writeString(root.resolve("tmp/old"), "{");
    Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(ofDays(1)).minusSeconds(1)));
    Path young = Files.writeString(root.resolve("tmp/young"), "{");
    Files.setLastModifiedTime(
        young, FileTime.from(clock.instant().minus(ofDays(1)).plusSeconds(1)));

    insert(ID, ZERO);

    assertThat(names("tmp")).containsExactly("young");
  }

  @Test
  void leftoversThatCannotBeRemovedKeepNobodyFromInserting() throws Exception {
    Path old = Files.createDirectories(root.resolve("tmp/old"));
    Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(ofDays(2))));

    insert(ID, ZERO);

    assertThat(queue.stats().waiting()).hasValue(1);
  }

  @Test
  void removedDirectoryOfDeadTasksIsMadeAnew() throws Exception {
    Files.delete(root.resolve("dead"));
    insert(ID, ZERO);
    assertThat(queue.stats().dead()).hasValue(0);

    queue.fail(leaseOne(), "no luck", ZERO);
    queue.giveUp(leaseOne(), "again");

    assertThat(names("dead")).containsExactly(ID + ".json", ID + ".log");
  }

  // golden

  @Test
  void queueDirectoryOfFormatVersion1IsUnderstood() throws Exception {
    copyGolden();

    assertThat(queue.stats().waiting()).hasValue(3);
    assertThat(queue.stats().delayed()).hasValue(2);
    assertThat(queue.stats().leased()).hasValue(1);
    assertThat(queue.stats().dead()).hasValue(1);
    assertThat(queue.stats().inserted()).hasValue(9);
    assertThat(queue.stats().completed()).hasValue(2);
    try (Stream<TaskInfo> tasks = queue.list()) {
      assertThat(tasks)
          .filteredOn(info -> info.state() == TaskState.LEASED)
          .singleElement()
          .matches(info -> info.isHeldOn("node-12"));
    }
    assertThat(queue.lease(10, LEASE, ZERO))
        .extracting(lease -> lease.payload().json())
        .containsExactlyInAnyOrder(
            "{\"argv\": [\"true\"], \"class\": \"CommandTask\"}", "[1, 2.50]", "\"overdue\"");
  }

  @Test
  void goldenQueueOfWhatWasGivenBackIsUnderstood() throws Exception {
    copyGolden("v1-given-back");

    assertThat(queue.stats().waiting()).hasValue(2);
    assertThat(queue.stats().dead()).hasValue(2);
    assertThat(queue.lease(10, LEASE, ZERO))
        .extracting(lease -> lease.payload().json() + " " + lease.attempt())
        .containsExactlyInAnyOrder("\"released\" 3", "\"arrived\" 1");
    // The second has its id, and stays.
    assertThat(queue.retryDead(id -> true)).isEqualTo(1);
    assertThat(queue.stats().dead()).hasValue(1);
  }

  @Test
  void goldenQueueOfLimitsAndOfWhatCouldNotBeAttemptedIsUnderstood() throws Exception {
    copyGolden("v1-limits");

    try (Stream<TaskInfo> tasks = queue.list()) {
      assertThat(tasks)
          .filteredOn(info -> info.state() == TaskState.LEASED)
          .singleElement()
          .matches(info -> info.isHeldOn("node_1.example") && !info.isHeldOn("node.1.example"))
          .matches(info -> info.attempt() == 999_999_999);
    }
    TaskId untried = new TaskId("0199b0a0-0000-7000-8000-000000000012");
    assertThat(queue.peek(untried).orElseThrow().failures())
        .singleElement()
        .matches(failure -> !failure.counted() && failure.host().equals("node.1"));
    List<Lease> leases = queue.lease(10, LEASE, ZERO);
    assertThat(leases)
        .extracting(lease -> lease.payload().json() + lease.attempt() + lease.payload().limits())
        .containsExactlyInAnyOrder(
            "\"limited\"1{\"attempts\": 3, \"retryDelaySeconds\": 60, \"timeoutSeconds\": 600}",
            "\"untried\"1{}");
    for (Lease lease : leases) {
      queue.complete(lease);
    }
    // The reasons of a task that is done are of no more use, though it was its first attempt.
    assertThat(names("dead")).isEmpty();
  }

  private void copyGolden() throws IOException {
    copyGolden("v1");
  }

  private void copyGolden(String name) throws IOException {
    Path golden = Path.of("src/test/resources/golden", name);
    try (Stream<Path> files = Files.walk(golden)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = root.resolve(golden.relativize(file).toString());
        Files.write(
            target,
            Files.readString(file, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
