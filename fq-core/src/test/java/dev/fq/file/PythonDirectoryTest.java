package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.spi.Envelope;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory that workers of python-task-queue share, and what they would find in it. What they do
 * is done here by hand, in the steps of docs/python.md; {@link PythonGoldenTest} has what they
 * left.
 */
class PythonDirectoryTest extends PythonDirectory {

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
      assertThat(queue.peek(ID).orElseThrow().failures()).isEmpty();
      queue.complete(leaseOne(queue));
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
}
