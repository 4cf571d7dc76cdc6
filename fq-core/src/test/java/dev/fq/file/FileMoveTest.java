package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.disk.Listing;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.tests.mockfile.FilterFileSystemProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks go from one directory to another by renames, and one directory is told from another. */
class FileMoveTest {

  private final MutableClock clock = MutableClock.atSomeTime();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private FileQueue from;
  private FileQueue to;

  @BeforeEach
  void open() throws IOException {
    from = open("from");
    to = open("to");
  }

  @AfterEach
  void close() throws IOException {
    from.close();
    to.close();
    inMemory.close();
  }

  private FileQueue open(String name) throws IOException {
    return open(recording.wrapPath(inMemory.getPath("/work", name)), false);
  }

  private FileQueue open(Path path, boolean shared) throws IOException {
    return FileQueue.at(path)
        .clock(clock)
        .random(new Random(1))
        .host("node1")
        .sharedWithPython(shared)
        .open(OpenMode.CREATE);
  }

  private static void insert(FileQueue queue, String... ids) throws IOException {
    for (String id : ids) {
      queue.insert(List.of(new NewTask(new TaskId(id), Payload.ofJson('"' + id + '"'), ZERO)));
    }
  }

  private DirectMove move() throws IOException {
    DirectMove move = from.directMoveTo(to).orElseThrow();
    while (move.moveSome(2)) {
      assertThat(move.moved()).isLessThanOrEqualTo(100);
    }
    return move;
  }

  private List<String> names(String queue) throws IOException {
    try (Stream<Path> files = Files.list(inMemory.getPath("/work", queue, "queue"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyWaitingTaskIsRenamedAndIsNewThere() throws Exception {
    insert(from, "failed", "expired", "fresh");
    for (Lease lease : from.lease(2, ofSeconds(30), ZERO)) {
      if (lease.id().value().equals("failed")) {
        from.fail(lease, "why", ZERO);
      }
    }
    clock.advance(ofMinutes(1));
    recording.operations().clear();

    assertThat(move().moved()).isEqualTo(3);

    assertThat(recording.operations()).filteredOn(step -> step.startsWith("move ")).hasSize(4);
    assertThat(names("from")).isEmpty();
    assertThat(names("to")).hasSize(3).allMatch(name -> name.matches("0--[a-z]+\\.0\\.node1-.*"));
    assertThat(Listing.names(inMemory.getPath("/work/from/dead"))).isEmpty();
    assertThat(to.stats().inserted()).hasValue(3);
    assertThat(to.lease(9, ofMinutes(1), ZERO))
        .hasSize(3)
        .allSatisfy(lease -> assertThat(lease.attempt()).isEqualTo(1));
  }

  @Test
  void leasedAndDelayedTasksStayAndAreNoConflict() throws Exception {
    insert(from, "leased");
    from.lease(1, ofMinutes(5), ZERO);
    from.insert(List.of(NewTask.of(Payload.ofJson("1"), ofMinutes(5))));

    DirectMove move = move();

    assertThat(move.moved()).isZero();
    assertThat(move.staying()).isEmpty();
    assertThat(names("from")).hasSize(2);
  }

  @Test
  void taskWhoseIdIsTakenStays() throws Exception {
    insert(from, "a", "b", "dead");
    insert(to, "b", "dead");
    to.giveUp(to.lease(Set.of(new TaskId("dead")), ofMinutes(1)).get(0), "why");

    DirectMove move = move();

    assertThat(move.moved()).isEqualTo(1);
    assertThat(move.staying()).containsOnlyKeys(new TaskId("b"), new TaskId("dead"));
    assertThat(names("from")).containsExactly("0--b.json", "0--dead.json");
  }

  @Test
  void holderWhoseLeaseIsOverLosesATaskThatIsMovedAwayAndBack() throws Exception {
    insert(from, "a");
    Lease lost = from.lease(1, ofSeconds(30), ZERO).get(0);
    clock.advance(ofMinutes(1));
    move();
    DirectMove back = to.directMoveTo(from).orElseThrow();
    back.moveSome(9);
    from.fail(from.lease(1, ofSeconds(30), ZERO).get(0), "why", ofMinutes(5));

    assertThatThrownBy(() -> from.complete(lost)).isInstanceOf(LeaseLostException.class);

    assertThat(from.stats().delayed()).hasValue(1);
  }

  @Test
  void taskIsInOneQueueWhereverAMoveIsKilled() throws Exception {
    int step = 0;
    Fault fault;
    do {
      insert(from, "a" + step, "b" + step);
      fault = new Fault(Fault.Kind.KILLED, step++);
      recording.interfere(fault);
      try {
        move();
      } catch (Fault.Killed e) {
        assertThat(fault.isHit()).isTrue();
      }
      recording.interfere(new RecordingFileSystem.Interference() {});
      List<String> ids = new ArrayList<>();
      for (FileQueue queue : List.of(from, to)) {
        try (Stream<TaskInfo> tasks = queue.list()) {
          tasks.forEach(task -> ids.add(task.id().value()));
        }
      }
      assertThat(ids).as("%s", fault).doesNotHaveDuplicates().hasSize(2);
      from.purge();
      to.purge();
    } while (fault.isHit());
    assertThat(step).isGreaterThan(5);
  }

  @Test
  void queueThatIsSharedWithPythonTakesTasksInAnotherWay() throws Exception {
    Path path = recording.wrapPath(inMemory.getPath("/work/shared"));
    try (FileQueue shared = open(path, true)) {
      assertThat(from.directMoveTo(shared)).isEmpty();
      assertThat(shared.directMoveTo(from)).isEmpty();
    }
  }

  @Test
  void queueOnAnotherFileSystemTakesTasksInAnotherWay() throws Exception {
    try (FileSystem other = Jimfs.newFileSystem(Configuration.unix());
        FileQueue there = open(other.getPath("/work/q"), false)) {
      assertThat(from.directMoveTo(there)).isEmpty();
    }
  }

  @Test
  void directoryIsTheSameByAnotherPath() throws Exception {
    Files.createSymbolicLink(inMemory.getPath("/work/link"), inMemory.getPath("/work/from"));
    Files.createSymbolicLink(inMemory.getPath("/parent"), inMemory.getPath("/work"));

    try (FileQueue link = open("link");
        FileQueue parent = open(recording.wrapPath(inMemory.getPath("/parent/from")), false)) {
      assertThat(link.isSameAs(from)).isTrue();
      assertThat(from.isSameAs(parent)).isTrue();
      assertThat(link.isSameAs(to)).isFalse();
    }
    assertThat(from.isSameAs(to)).isFalse();
    assertThat(Listing.names(inMemory.getPath("/work/from/tmp"))).isEmpty();
  }

  /** Two mounts of one NFS export have devices and inodes of their own. */
  @Test
  void directoryIsTheSameThoughTheFileSystemCannotTell() throws Exception {
    FilterFileSystemProvider twoMounts =
        new FilterFileSystemProvider("mounts://", inMemory) {
          @Override
          public boolean isSameFile(Path one, Path other) {
            return false;
          }
        };
    Files.createSymbolicLink(inMemory.getPath("/mnt"), inMemory.getPath("/work"));

    try (FileQueue one = open(twoMounts.wrapPath(inMemory.getPath("/work/from")), false);
        FileQueue other = open(twoMounts.wrapPath(inMemory.getPath("/mnt/from")), false);
        FileQueue third = open(twoMounts.wrapPath(inMemory.getPath("/mnt/to")), false)) {
      assertThat(one.isSameAs(other)).isTrue();
      assertThat(one.isSameAs(third)).isFalse();
    }
    assertThat(Listing.names(inMemory.getPath("/work/from/tmp"))).isEmpty();
  }
}
