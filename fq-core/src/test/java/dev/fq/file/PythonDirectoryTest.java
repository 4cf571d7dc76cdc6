package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Envelope;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory that workers of python-task-queue share, and what they would find in it. What they do
 * is done here by hand, in the steps of docs/python.md; what they left is in the golden
 * directories.
 */
class PythonDirectoryTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/python-task-queue");

  /** When the golden directories were written. */
  private static final long NOW = 1_795_489_008;

  private static final Duration LEASE = ofMinutes(5);
  private static final TaskId ID = new TaskId("0199b0a0-0000-7000-8000-000000000001");

  private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(NOW));
  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/data/queue");

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  private FileQueue shared() throws IOException {
    return FileQueue.at(root)
        .clock(clock)
        .random(new Random(7))
        .host("node1")
        .sharedWithPython(true)
        .open(OpenMode.CREATE);
  }

  private FileQueue existing() throws IOException {
    return FileQueue.at(root).clock(clock).host("node2").open(OpenMode.EXISTING);
  }

  private static void insert(FileQueue queue, TaskId id, Duration delay) throws IOException {
    queue.insert(List.of(new NewTask(id, Payload.ofJson("{\"a\": 1}"), delay)));
  }

  private static Lease leaseOne(FileQueue queue) throws Exception {
    return leaseOne(queue, LEASE);
  }

  private static Lease leaseOne(FileQueue queue, Duration time) throws Exception {
    List<Lease> leases = queue.lease(1, time, ZERO);
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<String> movement() throws IOException {
    return Files.readAllLines(root.resolve("movement").resolve(ID.value()));
  }

  private static TaskDetail peek(FileQueue queue) throws IOException {
    return queue.peek(ID).orElseThrow();
  }

  // what a worker of Python does

  private void pythonRenames(String from, String to) throws IOException {
    Files.move(root.resolve("queue").resolve(from), root.resolve("queue").resolve(to));
    Files.writeString(
        root.resolve("movement").resolve(ID.value()),
        to + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private void pythonDeletes() throws IOException {
    for (String name : movement()) {
      Files.deleteIfExists(root.resolve("queue").resolve(name));
    }
    Files.delete(root.resolve("movement").resolve(ID.value()));
  }

  // whose directory it is

  @Test
  void directoryThatPythonHasMadeIsSharedWithoutAWord() throws Exception {
    Files.createDirectories(root.resolve("movement"));
    Files.createDirectories(root.resolve("queue"));

    try (FileQueue queue = existing()) {
      insert(queue, ID, ZERO);
      leaseOne(queue);
    }

    assertThat(names("queue")).containsExactly((NOW + 300) + "--" + ID + ".json");
  }

  @Test
  void directoryThatPythonIsJustMakingIsMadeToItsEnd() throws Exception {
    Files.createDirectories(root.resolve("movement"));

    FileQueue.at(root).clock(clock).open(OpenMode.CREATE).close();

    assertThat(names("")).containsExactly("dead", "movement", "queue", "tmp");
  }

  @Test
  void queueOfOurOwnFormatIsNotSharedBecauseSomebodyAsks() throws Exception {
    FileQueue.at(root).clock(clock).open(OpenMode.CREATE).close();

    assertThatThrownBy(this::shared)
        .isInstanceOf(NoQueueException.class)
        .hasMessage(
            "/data/queue: this queue is in fq's own format; to share it with python-task-queue,"
                + " stop its workers and turn it with fq migrate --to python");
    assertThat(names("")).doesNotContain("movement");
  }

  @Test
  void sharedQueueIsKnownByItsDirectoryAfterwards() throws Exception {
    shared().close();

    try (FileQueue queue = existing()) {
      insert(queue, ID, ZERO);
      Lease lease = leaseOne(queue);

      assertThat(names("queue")).containsExactly((NOW + 300) + "--" + ID + ".json");
      queue.complete(lease);
    }
  }

  // names, and what stands beside them

  @Test
  void everyNameIsPlainAndWrittenDownWherePythonLooks() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ofSeconds(60));
      clock.advance(ofSeconds(60));
      Lease lease = leaseOne(queue);
      clock.advance(ofSeconds(100));
      Lease renewed = queue.renew(lease, LEASE);
      queue.fail(renewed, "no luck", ofSeconds(10));
      clock.advance(ofSeconds(10));
      Lease second = leaseOne(queue);
      queue.release(second);

      assertThat(movement())
          .containsExactly(
              (NOW + 60) + "--" + ID + ".json",
              (NOW + 360) + "--" + ID + ".json",
              (NOW + 460) + "--" + ID + ".json",
              (NOW + 170) + "--" + ID + ".json",
              (NOW + 470) + "--" + ID + ".json",
              (NOW + 170) + "--" + ID + ".json");
      assertThat(names("queue")).containsExactly((NOW + 170) + "--" + ID + ".json");
      assertThat(second.attempt()).isEqualTo(2);
    }
  }

  @Test
  void nothingOfATaskIsLeftWhenItIsDone() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      queue.fail(leaseOne(queue), "no luck", ZERO);

      queue.complete(leaseOne(queue));
    }

    assertThat(names("queue")).isEmpty();
    assertThat(names("movement")).isEmpty();
    assertThat(names("dead")).isEmpty();
  }

  @Test
  void taskThatIsGivenUpIsOutOfPythonsSightAndCanBeRetried() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);

      queue.giveUp(leaseOne(queue), "no hope");

      assertThat(names("queue")).isEmpty();
      assertThat(names("movement")).isEmpty();
      assertThat(names("dead")).containsExactly(ID + ".json", ID + ".log");

      queue.retryDead(id -> true);

      assertThat(names("queue")).containsExactly("0--" + ID + ".json");
      assertThat(movement()).containsExactly("0--" + ID + ".json");
      assertThat(names("dead")).isEmpty();
    }
  }

  @Test
  void idThatPythonWouldDieOfIsRefusedAndNothingIsInserted() throws Exception {
    Payload payload = Payload.ofJson("1");
    List<NewTask> batch =
        List.of(new NewTask(ID, payload, ZERO), new NewTask(new TaskId("a--b"), payload, ZERO));
    try (FileQueue queue = shared()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> queue.insert(batch))
          .withMessageContaining("task id \"a--b\": expected one without \"--\"");

      assertThat(names("queue")).isEmpty();
      assertThat(names("movement")).isEmpty();
    }
  }

  // attempts and leases

  @Test
  void everyLeaseOfAJavaWorkerCountsAlsoOfOneThatWasKilled() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      for (int attempt = 1; attempt <= 6; attempt++) {
        assertThat(leaseOne(queue).attempt()).isEqualTo(attempt);
        clock.advance(LEASE.plusSeconds(1));
      }
    }
  }

  @Test
  void leaseOfTheSameSecondAfterAReleaseIsAnother() throws Exception {
    try (FileQueue queue = shared();
        FileQueue other = existing()) {
      insert(queue, ID, ZERO);
      Lease lost = leaseOne(queue);
      other.releaseAll(info -> true);
      Lease taken = leaseOne(other);

      assertThatThrownBy(() -> queue.renew(lost, LEASE)).isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> queue.release(lost)).isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> queue.complete(lost)).isInstanceOf(LeaseLostException.class);
      other.complete(taken);
    }
  }

  @Test
  void renewalDoesNotBringTheNameOfALostLeaseBack() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      Lease lost = leaseOne(queue);
      queue.releaseAll(info -> true);
      Lease taken = leaseOne(queue, ofSeconds(10));

      Lease renewed = queue.renew(taken, LEASE);

      assertThatThrownBy(() -> queue.complete(lost)).isInstanceOf(LeaseLostException.class);
      queue.complete(renewed);
    }
  }

  @Test
  void releaseDoesNotBringTheNameOfALostLeaseBack() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      Lease lost = leaseOne(queue);
      clock.advance(LEASE);
      queue.release(leaseOne(queue));

      assertThatThrownBy(() -> queue.complete(lost)).isInstanceOf(LeaseLostException.class);
      assertThat(queue.lease(1, LEASE, ZERO)).hasSize(1);
    }
  }

  @Test
  void renewalOfALostLeaseIsNotTakenForOneOfItsNextHolder() throws Exception {
    try (FileQueue queue = shared();
        FileQueue other = existing()) {
      insert(queue, ID, ZERO);
      Lease lost = leaseOne(queue);
      clock.advance(LEASE);
      leaseOne(other, ofSeconds(10));
      assertThatThrownBy(() -> queue.renew(lost, LEASE)).isInstanceOf(LeaseLostException.class);
      clock.advance(ofSeconds(20));

      pythonRenames(names("queue").get(0), (NOW + 600) + "--" + ID + ".json");

      assertThat(peek(queue).info().holder()).isEqualTo("python");
    }
  }

  @Test
  void leaseThatAWorkerOfPythonTookOverIsLost() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      Lease lost = leaseOne(queue);
      String mine = names("queue").get(0);
      clock.advance(LEASE.plusSeconds(1));

      pythonRenames(mine, (NOW + 901) + "--" + ID + ".json");

      assertThatThrownBy(() -> queue.renew(lost, LEASE)).isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> queue.complete(lost)).isInstanceOf(LeaseLostException.class);
      assertThat(peek(queue).info().state()).isEqualTo(TaskState.LEASED);
      assertThat(peek(queue).info().holder()).isEqualTo("python");
    }
  }

  @Test
  void workThatEndsAfterPythonReleasedTheTaskIsCompleted() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      Lease lease = leaseOne(queue);

      pythonRenames(names("queue").get(0), NOW + "--" + ID + ".json");

      assertThatThrownBy(() -> queue.renew(lease, LEASE)).isInstanceOf(LeaseLostException.class);
      queue.complete(lease);
      assertThat(queue.stats().completed()).hasValue(1);
      assertThat(queue.isEmpty()).isTrue();
    }
  }

  @Test
  void taskThatPythonDeletedIsLostToItsHolderAndLeavesNothing() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ZERO);
      Lease lease = leaseOne(queue);

      pythonDeletes();

      assertThat(names("queue")).isEmpty();
      assertThatThrownBy(() -> queue.complete(lease)).isInstanceOf(LeaseLostException.class);
      assertThat(queue.stats().completed()).hasValue(0);
    }
  }

  @Test
  void operatorReleasesWhatPythonHasLeasedAndLeavesWhatIsOnlyDelayed() throws Exception {
    restore("worked");

    try (FileQueue queue = existing()) {
      assertThat(queue.stats().leased()).hasValue(1);
      assertThat(queue.stats().delayed()).hasValue(1);
      assertThat(queue.stats().waiting()).hasValue(1);

      assertThat(queue.releaseAll(info -> true)).isEqualTo(1);

      assertThat(queue.stats().waiting()).hasValue(2);
      assertThat(queue.stats().delayed()).hasValue(1);
    }
  }

  @Test
  void delayedTaskWhoseInsertWasTriedTwiceIsNotTakenForLeased() throws Exception {
    try (FileQueue queue = shared()) {
      insert(queue, ID, ofDays(1));

      Files.writeString(
          root.resolve("movement").resolve(ID.value()),
          names("queue").get(0) + "\n",
          StandardOpenOption.APPEND);

      assertThat(peek(queue).info().state()).isEqualTo(TaskState.DELAYED);
    }
  }

  // tasks that are being written

  @Test
  void taskThatPythonIsStillWritingIsLeftAloneUntilItIsWhole() throws Exception {
    try (FileQueue queue = shared()) {
      Path file = root.resolve("queue/0--" + ID + ".json");
      Files.writeString(file, "{\"payload\": {\"a\"");
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));

      assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();

      assertThat(names("dead")).doesNotContain(ID + ".json");
      Path now = root.resolve("queue").resolve(names("queue").get(0));
      Files.writeString(now, Envelope.of(new NewTask(ID, Payload.ofJson("{\"a\": 1}"), ZERO), "q"));
      clock.advance(ofSeconds(5));
      assertThat(leaseOne(queue).payload().json()).isEqualTo("{\"a\": 1}");
    }
  }

  @Test
  void taskThatNobodyHasWrittenToForAMinuteIsDead() throws Exception {
    try (FileQueue queue = shared()) {
      Path file = root.resolve("queue/0--" + ID + ".json");
      Files.writeString(file, "{\"payload\": {\"a\"");
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
      clock.advance(ofSeconds(61));

      assertThat(queue.lease(1, LEASE, ZERO)).isEmpty();

      assertThat(peek(queue).info().state()).isEqualTo(TaskState.DEAD);
    }
  }

  @Test
  void nameOfOurOwnFormatIsWorkedOnAndIsPlainThen() throws Exception {
    try (FileQueue queue = shared()) {
      Path file = root.resolve("queue/0--" + ID + ".3.json");
      Files.writeString(file, Envelope.of(new NewTask(ID, Payload.ofJson("1"), ZERO), "q"));

      Lease lease = leaseOne(queue);

      assertThat(lease.attempt()).isEqualTo(4);
      assertThat(names("queue")).containsExactly((NOW + 300) + "--" + ID + ".json");
    }
  }

  // counters

  @Test
  void bothSidesCountInTheSameFiles() throws Exception {
    restore("worked");

    try (FileQueue queue = existing()) {
      assertThat(queue.stats().inserted()).hasValue(4);
      assertThat(queue.stats().completed()).hasValue(1);

      queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ofDays(1))));
      queue.complete(leaseOne(queue));

      assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("5");
      assertThat(Files.readAllBytes(root.resolve("completions"))).isEqualTo(new byte[2]);
      assertThat(queue.stats().inserted()).hasValue(5);
      assertThat(queue.stats().completed()).hasValue(2);
      assertThat(names(""))
          .containsExactly("completions", "dead", "insertions", "movement", "queue", "tmp");
    }
  }

  @Test
  void rezeroLeavesTheCountersAsPythonDoes() throws Exception {
    restore("worked");
    Files.writeString(root.resolve("completions.node7"), "...");

    try (FileQueue queue = existing()) {
      queue.rezero();

      assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("0");
      assertThat(Files.readAllBytes(root.resolve("completions"))).isEmpty();
      assertThat(queue.stats().completed()).hasValue(0);
    }
  }

  @Test
  void insertionsAreCountedWhenPythonHasUnlockedThem(@TempDir Path disk) throws Exception {
    Path insertions = disk.resolve("q/insertions");
    try (FileQueue queue =
        FileQueue.at(disk.resolve("q")).sharedWithPython(true).open(OpenMode.CREATE)) {
      insert(queue, ID, ZERO);
      List<Throwable> thrown = new ArrayList<>();
      Thread inserter;
      try (FileChannel channel = FileChannel.open(insertions, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        assertThat(lock.isValid()).isTrue();
        inserter = new Thread(() -> insertInThread(queue, thrown));
        inserter.start();
        while (inserter.getState() != Thread.State.TIMED_WAITING && inserter.isAlive()) {
          Thread.onSpinWait();
        }
        assertThat(inserter.isAlive()).isTrue();
      }
      inserter.join();

      assertThat(thrown).isEmpty();
      assertThat(Files.readString(insertions)).isEqualTo("2");
    }
  }

  private static void insertInThread(FileQueue queue, List<Throwable> thrown) {
    try {
      insert(queue, TaskId.next(), ZERO);
    } catch (IOException | RuntimeException e) {
      thrown.add(e);
    }
  }

  @Test
  void numberThatPythonHasEmptiedAndWritesAnewIsNotTakenForZero() throws Exception {
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    shared().close();
    Files.createFile(root.resolve("insertions"));
    recording.interfere(
        new RecordingFileSystem.Interference() {
          private boolean isEmptyForTheFirst = true;

          @Override
          public void before(String operation, Path path) throws IOException {
            if (operation.equals("open") && path.endsWith("insertions")) {
              Files.writeString(root.resolve("insertions"), isEmptyForTheFirst ? "" : "7");
              isEmptyForTheFirst = false;
            }
          }
        });

    try (FileQueue queue =
        FileQueue.at(recording.wrapPath(root)).clock(clock).open(OpenMode.EXISTING)) {
      assertThat(queue.stats().inserted()).hasValue(7);
    }
  }

  @Test
  void numberThatAKilledInserterOfPythonLeftEmptyIsZero() throws Exception {
    try (FileQueue queue = shared()) {
      Files.writeString(root.resolve("insertions"), "");

      assertThat(queue.stats().inserted()).hasValue(0);
      insert(queue, ID, ZERO);
      assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("1");
    }
  }

  @Test
  void interruptedThreadsCountWhatTheyHaveInserted() throws Exception {
    try (FileQueue queue = shared()) {
      Thread.currentThread().interrupt();
      insert(queue, ID, ZERO);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("1");
    }
  }

  // golden directories: to the byte what Python leaves

  @Test
  void insertsLeaveToTheByteWhatPythonsLeave() throws Exception {
    for (String golden : List.of("inserted", "delayed")) {
      Map<String, String> expected = tree(GOLDEN.resolve(golden));
      try (FileQueue queue = shared()) {
        for (Map.Entry<String, String> file : expected.entrySet()) {
          if (file.getKey().startsWith("queue/")) {
            TaskName name = TaskName.parse(file.getKey().substring("queue/".length()));
            Duration delay = Duration.ofSeconds(name.due() == 0 ? 0 : name.due() - NOW);
            Payload payload = Envelope.payload(file.getValue());
            queue.insert(List.of(new NewTask(name.id(), payload, delay)));
          }
        }
      }

      assertThat(tree(root)).isEqualTo(expected);
      wipe();
    }
  }

  @Test
  void leaseAndCompletionLeaveToTheByteWhatPythonsLeave() throws Exception {
    restore("delayed");
    Path untouched = root.resolve("queue/0--4bac269c-f0b4-4535-bcb5-c1dafc5bb274.json");
    Path aside = Files.move(untouched, root.resolve("aside"));
    try (FileQueue queue = existing()) {
      for (Lease lease : queue.lease(2, ofDays(1), ZERO)) {
        if (lease.id().value().startsWith("bbf7c297")) {
          queue.complete(lease);
        }
      }
    }
    Files.move(aside, untouched);

    assertThat(tree(root)).isEqualTo(tree(GOLDEN.resolve("worked")));
  }

  @Test
  void releaseLeavesToTheByteWhatPythonsLeavesButForTheDelayedTask() throws Exception {
    restore("worked");
    try (FileQueue queue = existing()) {
      queue.releaseAll(info -> true);
    }

    Map<String, String> released = tree(GOLDEN.resolve("released"));
    Map<String, String> worked = tree(GOLDEN.resolve("worked"));
    assertThat(withoutTheDelayed(tree(root))).isEqualTo(withoutTheDelayed(released));
    assertThat(onlyTheDelayed(tree(root))).isEqualTo(onlyTheDelayed(worked)).hasSize(2);
  }

  @Test
  void everythingThatPythonLeftIsWorkedOff() throws Exception {
    for (String golden : List.of("inserted", "delayed", "worked", "released")) {
      restore(golden);
      clock.advance(ofDays(2));
      try (FileQueue queue = existing()) {
        int tasks = names("queue").size();
        List<Lease> leases = queue.lease(100, LEASE, ZERO);
        assertThat(leases).hasSize(tasks).hasSizeGreaterThan(2);
        for (Lease lease : leases) {
          queue.complete(lease);
        }

        assertThat(queue.isEmpty()).isTrue();
        assertThat(names("movement")).isEmpty();
        assertThat(queue.stats().completed()).isEqualTo(queue.stats().inserted());
      }
      wipe();
    }
  }

  private static Map<String, String> withoutTheDelayed(Map<String, String> tree) {
    Map<String, String> rest = new TreeMap<>(tree);
    rest.keySet().removeIf(name -> name.contains("f7774283"));
    return rest;
  }

  private static Map<String, String> onlyTheDelayed(Map<String, String> tree) {
    Map<String, String> rest = new TreeMap<>(tree);
    rest.keySet().removeIf(name -> !name.contains("f7774283"));
    return rest;
  }

  /** All files but those in directories that Python does not look into, and what is in them. */
  private static Map<String, String> tree(Path top) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = top.relativize(file).toString();
        if (!name.startsWith("dead/") && !name.startsWith("tmp/")) {
          files.put(name, Files.readString(file));
        }
      }
    }
    return files;
  }

  /** Python has made its directories, if only for nothing. */
  private void restore(String golden) throws IOException {
    Files.createDirectories(root.resolve("movement"));
    Files.createDirectories(root.resolve("queue"));
    for (Map.Entry<String, String> file : tree(GOLDEN.resolve(golden)).entrySet()) {
      Files.writeString(root.resolve(file.getKey()), file.getValue());
    }
  }

  private void wipe() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }
}
