package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.format.Holders;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskName;
import dev.fq.spi.Capability;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BundleTest {

  private static final Duration LEASE = ofMinutes(5);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final long now = clock.instant().getEpochSecond();
  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/work/q");
  private FileQueue queue;

  @BeforeEach
  void openQueue() throws IOException {
    queue = open(root);
  }

  @AfterEach
  void closeQueue() throws IOException {
    queue.close();
    fileSystem.close();
  }

  private FileQueue open(Path path) throws IOException {
    return FileQueue.at(path).clock(clock).host("node1").open(OpenMode.CREATE);
  }

  private static List<NewTask> tasks(String prefix, int count) throws IOException {
    List<NewTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Payload payload = Payload.ofJson("{\"n\":\n " + i + "}");
      tasks.add(new NewTask(new TaskId(prefix + i), payload, ZERO, IdOrigin.GENERATED));
    }
    return tasks;
  }

  private void insert(int count) throws IOException {
    assertThat(queue.insertBundled(tasks("t", count), 1_000)).isEmpty();
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path onlyFile() throws IOException {
    assertThat(names("queue")).hasSize(1);
    return root.resolve("queue").resolve(names("queue").get(0));
  }

  private Set<String> idsOf(List<Lease> leases) {
    Set<String> ids = new HashSet<>();
    leases.forEach(lease -> ids.add(lease.id().value()));
    return ids;
  }

  @Test
  void namesFollowABundleThroughItsLife() throws Exception {
    insert(3);
    assertThat(onlyFile().getFileName().toString()).matches("0--[0-9a-f-]{36}\\.x3\\.jsonl");
    assertThat(Files.readAllLines(onlyFile())).hasSize(3).allMatch(line -> line.contains("\"id\""));
    assertThat(TaskName.parse(names("queue").get(0))).as("of older versions").isNull();

    List<Lease> leases = queue.lease(2, LEASE, ZERO);
    assertThat(onlyFile().getFileName().toString())
        .matches((now + 300) + "--[0-9a-f-]{36}\\.x3\\.1\\.0\\.node1-[0-9]+-[0-9a-v]{8}\\.jsonl");
    assertThat(queue.stats().leased()).hasValue(2);
    assertThat(queue.stats().waiting()).hasValue(1);

    queue.complete(leases.get(0));
    assertThat(onlyFile().getFileName().toString()).contains(".x2.1.");
    assertThat(queue.stats().completed()).hasValue(1);

    queue.fail(leases.get(1), "no luck", ofSeconds(10));
    assertThat(names("queue"))
        .hasSize(2)
        .contains((now + 10) + "--t1.1.json")
        .anyMatch(name -> name.contains(".x1.1."));
    assertThat(queue.peek(new TaskId("t1")).orElseThrow().failures()).hasSize(1);

    queue.close();
    assertThat(names("queue")).anyMatch(name -> name.startsWith("0--") && name.contains(".x1.1."));

    queue.complete(queue.lease(1, LEASE, ZERO).get(0));
    assertThat(names("queue")).containsExactly((now + 10) + "--t1.1.json");
    assertThat(names("progress")).isEmpty();
  }

  @Test
  void killedHolderCostsItsSuccessorWhatWasRunningAndNoMore() throws Exception {
    insert(5);
    FileQueue killed = open(root);
    List<Lease> leases = killed.lease(3, LEASE, ZERO);
    killed.complete(leases.get(0));
    killed.completeEach(leases.subList(1, 2));
    clock.advance(LEASE.plusSeconds(1));

    List<Lease> rest = queue.lease(10, LEASE, ZERO);

    assertThat(idsOf(rest)).containsExactlyInAnyOrder("t2", "t3", "t4");
    assertThat(rest)
        .filteredOn(lease -> lease.id().value().equals("t2"))
        .allMatch(l -> l.attempt() == 2);
    assertThat(rest)
        .filteredOn(lease -> !lease.id().value().equals("t2"))
        .allMatch(l -> l.attempt() == 1);
    assertThatThrownBy(() -> killed.complete(leases.get(2))).isInstanceOf(LeaseLostException.class);
    for (Lease lease : rest) {
      queue.complete(lease);
    }
    assertThat(queue.stats().completed()).hasValue(5);
    assertThat(names("queue")).isEmpty();
  }

  /** Its holder was told that it had lost the bundle, and may have undone the work. */
  @Test
  void whatWasAppendedAfterTheLastCommitIsDoneAgain() throws Exception {
    insert(2);
    open(root).lease(1, LEASE, ZERO);
    Path progress = root.resolve("progress").resolve(names("progress").get(0));
    Files.writeString(progress, "e t0\ne t1\n", StandardOpenOption.APPEND);
    clock.advance(LEASE.plusSeconds(1));

    assertThat(idsOf(queue.lease(10, LEASE, ZERO))).containsExactlyInAnyOrder("t0", "t1");
  }

  @Test
  void halfOfWhatIsNotBegunGoesToOthersWhoLookForWork() throws Exception {
    insert(9);
    List<Lease> held = queue.lease(1, LEASE, ZERO);
    queue.share();
    assertThat(names("queue")).as("nobody has asked").hasSize(1);

    try (FileQueue idle = open(root)) {
      clock.advance(ofSeconds(1));
      assertThat(idle.lease(10, LEASE, ZERO)).isEmpty();
      queue.share();
      List<Lease> shared = idle.lease(10, LEASE, ZERO);
      assertThat(shared).hasSize(4);
      for (Lease lease : shared) {
        idle.complete(lease);
      }
    }

    List<Lease> rest = queue.lease(10, LEASE, ZERO);
    assertThat(rest).hasSize(4);
    for (Lease lease : Stream.concat(held.stream(), rest.stream()).toList()) {
      queue.complete(lease);
    }
    assertThat(queue.stats().completed()).hasValue(9);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void linesMayBeDeletedAndAddedByHandWhileABundleWaits() throws Exception {
    insert(3);
    Path bundle = onlyFile();
    List<String> lines = new ArrayList<>(Files.readAllLines(bundle));
    lines.remove(1);
    lines.add("{\"payload\": {\"n\": 7}}");
    Files.write(bundle, lines);

    List<Lease> leases = queue.lease(10, LEASE, ZERO);

    assertThat(leases)
        .extracting(lease -> lease.payload().json())
        .containsExactlyInAnyOrder("{\"n\":  0}", "{\"n\":  2}", "{\"n\": 7}");
    for (Lease lease : leases) {
      queue.complete(lease);
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void linesThatAreNoTasksDieAndTakeNoNeighbourWithThem() throws Exception {
    insert(3);
    Path bundle = onlyFile();
    List<byte[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(bundle)) {
      lines.add(line.getBytes(StandardCharsets.UTF_8));
    }
    lines.add(lines.get(0));
    lines.add("{\"payload\": ".getBytes(StandardCharsets.UTF_8));
    lines.add(new byte[] {'{', '"', (byte) 0xff, '"', '}'});
    Files.write(bundle, new byte[0]);
    for (byte[] line : lines) {
      Files.write(bundle, line, StandardOpenOption.APPEND);
      Files.write(bundle, new byte[] {'\n'}, StandardOpenOption.APPEND);
    }

    assertThat(idsOf(queue.lease(10, LEASE, ZERO))).containsExactlyInAnyOrder("t0", "t1", "t2");

    assertThat(queue.dead().map(task -> task.failures().get(0).reason()))
        .hasSize(3)
        .allMatch(reason -> reason.startsWith("not a task: "));
  }

  private FileQueue operatorBeforeWhose(String operation, FileQueue holder, List<Lease> leases)
      throws IOException {
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    FileQueue operator = open(recording.wrapPath(root));
    Iterator<Lease> next = leases.iterator();
    recording.interfere(
        new RecordingFileSystem.Interference() {
          @Override
          public void before(String now, Path path) throws IOException {
            if (now.equals(operation) && path.toString().endsWith(".jsonl") && next.hasNext()) {
              try {
                holder.complete(next.next());
              } catch (LeaseLostException e) {
                throw new AssertionError(e);
              }
            }
          }
        });
    return operator;
  }

  @Test
  void taskIsFoundInABundleThatItsHolderRenamesMeanwhile() throws Exception {
    insert(5);
    List<Lease> leases = queue.lease(2, LEASE, ZERO);
    try (FileQueue operator = operatorBeforeWhose("open", queue, leases)) {
      assertThat(operator.peek(new TaskId("t4"))).isPresent();
    }
  }

  @Test
  void taskIsRemovedFromABundleThatItsHolderRenamesMeanwhile() throws Exception {
    insert(5);
    List<Lease> leases = queue.lease(2, LEASE, ZERO);
    try (FileQueue operator = operatorBeforeWhose("move", queue, leases)) {
      assertThat(operator.deleteById(Set.of(new TaskId("t4")))).isEqualTo(1);
      assertThat(operator.stats().waiting()).hasValue(2);
    }
  }

  @Test
  void bundleMovesWholeToAnotherDirectory() throws Exception {
    insert(3);
    Path second = fileSystem.getPath("/work/second");
    try (FileQueue to = open(second)) {
      DirectMove move = queue.directMoveTo(to).orElseThrow();
      while (move.moveSome(100)) {}

      assertThat(move.moved()).isEqualTo(3);
      assertThat(names("queue")).isEmpty();
      assertThat(to.stats().waiting()).hasValue(3);
      assertThat(to.stats().inserted()).hasValue(3);
      assertThat(idsOf(to.lease(10, LEASE, ZERO))).hasSize(3);
    }
  }

  @Test
  void tasksOfABundleThatWasClaimedMoveOneByOne() throws Exception {
    insert(3);
    queue.deleteById(Set.of(new TaskId("t1")));
    Path second = fileSystem.getPath("/work/second");
    try (FileQueue to = open(second)) {
      DirectMove move = queue.directMoveTo(to).orElseThrow();
      while (move.moveSome(100)) {}

      assertThat(move.moved()).isEqualTo(2);
      assertThat(names("queue")).isEmpty();
      assertThat(idsOf(to.lease(10, LEASE, ZERO))).containsExactlyInAnyOrder("t0", "t2");
    }
  }

  @Test
  void tasksOfGivenIdsHaveAFileEachAndAreRefusedIfABundleHasThem() throws Exception {
    insert(2);
    List<NewTask> given = new ArrayList<>();
    for (NewTask task : tasks("t", 3)) {
      given.add(task.withOrigin(IdOrigin.GIVEN));
    }

    assertThat(queue.insertBundled(given, 10))
        .containsExactlyInAnyOrder(new TaskId("t0"), new TaskId("t1"));

    assertThat(names("queue")).contains("0--t2.json").hasSize(2);
  }

  @Test
  void largeTasksMakeSmallerBundles() throws Exception {
    List<NewTask> tasks = new ArrayList<>();
    String text = "x".repeat(7 << 20);
    for (int i = 0; i < 5; i++) {
      tasks.add(NewTask.of(Payload.ofJson("\"" + text + "\""), ZERO));
    }

    queue.insertBundled(tasks, 1_000);

    assertThat(names("queue"))
        .hasSize(3)
        .anyMatch(name -> name.endsWith(".x2.jsonl"))
        .anyMatch(name -> name.endsWith(".x1.jsonl"));
  }

  @Test
  void queueThatIsSharedWithPythonHasNoBundles() throws Exception {
    Path shared = fileSystem.getPath("/work/shared");
    try (FileQueue python =
        FileQueue.at(shared).clock(clock).sharedWithPython(true).open(OpenMode.CREATE)) {
      assertThat(python.capabilities()).doesNotContain(Capability.BUNDLES);
      assertThatThrownBy(() -> python.insertBundled(tasks("t", 2), 10))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(python.list()).isEmpty();
    }
  }

  @Test
  void migrationToPythonTakesTasksOutOfTheirBundles() throws Exception {
    insert(2);
    queue.insertBundled(List.of(delayed("d0"), delayed("d1")), 10);

    Migration.of(root, clock, new Random(1)).toPython(renamed -> {});

    assertThat(names("queue"))
        .containsExactlyInAnyOrder(
            "0--t0.json", "0--t1.json", (now + 60) + "--d0.json", (now + 60) + "--d1.json");
  }

  @Test
  void progressOfABundleThatIsGoneIsClearedAfterADay() throws Exception {
    insert(2);
    queue.lease(1, LEASE, ZERO);
    Files.delete(onlyFile());
    Path gathering = Files.createDirectory(root.resolve("progress/b1.in"));
    Files.writeString(gathering.resolve("t9.json"), "of a killed maker of a bundle that is done");
    clock.advance(Duration.ofDays(2));
    Random random = new Random(1);
    OpenQueue opened =
        OpenQueue.of(
            QueueDirectory.open(root, OpenMode.EXISTING), Holders.here(random), clock, random);
    FileTime longAgo = FileTime.from(clock.instant().minus(Duration.ofDays(2)));
    for (String name : names("progress")) {
      Files.setLastModifiedTime(root.resolve("progress").resolve(name), longAgo);
    }

    new SoundnessCheck(opened, true, 10).examine();

    assertThat(names("progress")).isEmpty();
  }

  /** One waits; one is held until 2100; one is overdue, whose holder was killed while it failed. */
  @Test
  void goldenQueueWithBundlesIsUnderstood() throws Exception {
    Path golden = Path.of("src/test/resources/golden/v1-bundles");
    try (Stream<Path> files = Files.walk(golden)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = root.resolve(golden.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.write(target, Files.readAllBytes(file));
      }
    }
    assertThat(queue.stats().waiting()).as("2 and 2 waiting, 2 held and not begun").hasValue(6);
    assertThat(queue.stats().leased()).hasValue(1);
    assertThat(queue.peek(new TaskId("h2")).orElseThrow().info().isHeldOn("node-12")).isTrue();
    assertThat(queue.peek(new TaskId("h1"))).as("done").isEmpty();

    List<Lease> leases = queue.lease(10, LEASE, ZERO);

    assertThat(leases)
        .extracting(lease -> lease.payload().json() + " " + lease.attempt())
        .containsExactlyInAnyOrder(
            "\"waiting one\" 1",
            "\"waiting two\" 1",
            "\"taken out\" 2",
            "\"overdue 3\" 2",
            "\"overdue 4\" 1");
    assertThat(queue.completeEach(leases)).isEmpty();
    assertThat(names("queue")).singleElement().matches(name -> name.startsWith("4102444800--"));
  }

  @Test
  void moreOfWhatIsClaimedIsLeasedWithoutALookAtTheQueue() throws Exception {
    insert(3);
    assertThat(queue.leaseClaimed(5, LEASE)).as("nothing is claimed").isEmpty();
    queue.lease(1, LEASE, ZERO);
    queue.insertBundled(tasks("u", 3), 1_000);

    assertThat(idsOf(queue.leaseClaimed(5, LEASE))).containsExactlyInAnyOrder("t1", "t2");

    assertThat(queue.leaseClaimed(5, LEASE)).isEmpty();
    assertThat(queue.stats().waiting()).hasValue(3);
  }

  /** The process is frozen meanwhile, and nobody takes the bundle over. */
  @Test
  void leaseThatHasEndedBeforeItIsHandedOutIsRenewed() throws Exception {
    insert(3);
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    try (FileQueue worker = open(recording.wrapPath(root))) {
      worker.lease(1, LEASE, ZERO);
      recording.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) {
              if (operation.equals("write")) {
                clock.advance(LEASE.plusSeconds(1));
                long frozenAt = System.nanoTime();
                while (System.nanoTime() - frozenAt < ofMillis(2).toNanos()) {
                  Thread.onSpinWait();
                }
              }
            }
          });

      Lease more = worker.leaseClaimed(1, LEASE).get(0);

      assertThat(more.deadline()).isAfter(clock.instant());
      assertThat(queue.lease(3, LEASE, ZERO)).isEmpty();
      worker.complete(more);
    }
  }

  /** A step that the file server has not heard of is none after a power cut. */
  @Test
  void whatIsBegunReachesTheServerWithinASecondAndWhatIsDoneBeforeItCounts() throws Exception {
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    try (FileQueue recorded = open(recording.wrapPath(root))) {
      insert(3);
      List<Lease> leases = recorded.lease(2, LEASE, ZERO);
      List<String> steps = new ArrayList<>();
      recording.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) {
              if (List.of("write", "close", "move").contains(operation)) {
                steps.add(operation);
              }
            }
          });

      recorded.share();
      assertThat(steps).containsExactly("close");

      steps.clear();
      recorded.deleteEach(leases);
      assertThat(steps).containsExactly("write", "close", "move");
    }
  }

  @Test
  void queueThatIsClosedLeavesNoFileOpen() throws Exception {
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    insert(3);
    FileQueue recorded = open(recording.wrapPath(root));
    recorded.lease(1, LEASE, ZERO);
    String progress = only(names("progress"));
    assertThat(recording.operations()).doesNotContain("close " + progress);

    recorded.close();

    assertThat(recording.operations()).contains("close " + progress);
  }

  @Test
  void tasksThatLieThereOneByOneAreBundledAndTakenOutAgain() throws Exception {
    queue.insert(tasks("t", 5));
    queue.insert(List.of(delayed("d0"), delayed("d1")));
    queue.fail(only(queue.lease(Set.of(new TaskId("t4")), LEASE)), "no luck", ZERO);

    assertThat(queue.bundle(3, info -> true)).isEqualTo(5);

    assertThat(names("queue"))
        .hasSize(4)
        .anyMatch(name -> name.matches("0--[0-9a-f-]{36}\\.x3\\.jsonl"))
        .anyMatch(name -> name.matches("0--t[0-3]\\.json"))
        .contains("0--t4.1.json")
        .anyMatch(name -> name.matches((now + 60) + "--[0-9a-f-]{36}\\.x2\\.jsonl"));
    assertThat(names("progress")).isEmpty();
    assertThat(queue.stats().waiting()).hasValue(5);
    assertThat(queue.stats().delayed()).hasValue(2);
    assertThat(queue.stats().inserted()).hasValue(7);

    assertThat(queue.unbundle()).isEqualTo(5);

    assertThat(names("queue")).hasSize(7).allMatch(name -> name.endsWith(".json"));
    assertThat(names("queue")).contains((now + 60) + "--d0.json", (now + 60) + "--d1.json");
    assertThat(names("progress")).isEmpty();
    assertThat(queue.stats().waiting()).hasValue(5);
    assertThat(queue.stats().delayed()).hasValue(2);
    assertThat(idsOf(queue.lease(9, LEASE, ZERO)))
        .containsExactlyInAnyOrder("t0", "t1", "t2", "t3", "t4");
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  private static NewTask delayed(String id) throws IOException {
    return new NewTask(new TaskId(id), Payload.ofJson("1"), ofMinutes(1), IdOrigin.GENERATED);
  }

  @Test
  void onlyWhatIsPickedIsBundledAndWhatIsHeldStays() throws Exception {
    queue.insert(tasks("t", 3));
    assertThat(queue.bundle(10, info -> !info.id().value().equals("t1"))).isEqualTo(2);
    assertThat(names("queue")).contains("0--t1.json");

    List<Lease> held = new ArrayList<>(queue.lease(3, LEASE, ZERO));
    try (FileQueue operator = open(root)) {
      assertThat(operator.unbundle()).as("a worker holds it").isZero();
      assertThat(operator.bundle(10, info -> true)).as("all are leased").isZero();
    }

    assertThat(queue.completeEach(held)).isEmpty();
    assertThat(queue.stats().completed()).hasValue(3);
  }

  /** A worker leases one and an operator edits another while the bundle is made. */
  @Test
  void whatMovesWhileABundleIsMadeIsNotInIt() throws Exception {
    queue.insert(tasks("t", 4));
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    try (FileQueue operator = open(recording.wrapPath(root))) {
      boolean[] done = {false};
      List<Lease> leased = new ArrayList<>();
      recording.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) throws IOException {
              if (!done[0] && operation.equals("move") && path.toString().contains("/queue/0--t")) {
                done[0] = true;
                leased.addAll(queue.lease(Set.of(new TaskId("t2")), LEASE));
                Files.writeString(root.resolve("queue/0--t3.json"), "{\"payload\": 7}");
              }
            }
          });

      assertThat(operator.bundle(10, info -> true)).isEqualTo(2);

      assertThat(names("queue")).hasSize(3);
      assertThat(queue.stats().waiting()).hasValue(3);
      queue.complete(only(leased));
      List<Lease> rest = queue.lease(9, LEASE, ZERO);
      assertThat(idsOf(rest)).containsExactlyInAnyOrder("t0", "t1", "t3");
      assertThat(rest).anyMatch(lease -> lease.payload().json().equals("7"));
      assertThat(queue.completeEach(rest)).isEmpty();
      assertThat(names("progress")).isEmpty();
    }
  }

  /** The process that makes it is frozen, and a worker takes the bundle over meanwhile. */
  @Test
  void taskIsNotLostThatAMakerOfBundlesWouldTakeInTooLate() throws Exception {
    queue.insert(tasks("t", 4));
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    try (FileQueue operator = open(recording.wrapPath(root));
        FileQueue worker = open(root)) {
      recording.interfere(takenOverAtTheSecondMove(false));

      assertThat(operator.bundle(10, info -> true)).isZero();

      leaseAndComplete(worker, 4);
      assertThat(worker.stats().completed()).hasValue(4);
      assertThat(names("queue")).isEmpty();
      assertThat(names("progress")).isEmpty();
    }
  }

  /** As before, and the frozen process is killed as soon as it has gone on. */
  @Test
  void taskIsNotLostThatAMakerOfBundlesWouldTakeInTooLateAndIsKilled() throws Exception {
    queue.insert(tasks("t", 4));
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    FileQueue operator = open(recording.wrapPath(root));
    recording.interfere(takenOverAtTheSecondMove(true));

    assertThatThrownBy(() -> operator.bundle(10, info -> true)).isInstanceOf(Fault.Killed.class);

    clock.advance(ofHours(1));
    leaseAndComplete(queue, 4);
    assertThat(queue.stats().completed()).hasValue(4);
    assertThat(names("queue")).isEmpty();
    assertThat(names("progress")).isEmpty();
  }

  /**
   * @param isKilled whether the process that makes the bundle ends at the third move
   */
  private RecordingFileSystem.Interference takenOverAtTheSecondMove(boolean isKilled) {
    int[] moves = {0};
    return new RecordingFileSystem.Interference() {
      @Override
      public void before(String operation, Path path) throws IOException {
        if (operation.equals("move") && path.toString().contains("/queue/0--t")) {
          moves[0]++;
          if (moves[0] == 2) {
            clock.advance(ofMinutes(2));
            takeOverTheBundle();
          }
        }
        if (isKilled && moves[0] == 3) {
          throw new Fault.Killed();
        }
      }
    };
  }

  private void takeOverTheBundle() throws IOException {
    Random random = new Random(1);
    OpenQueue opened =
        OpenQueue.of(
            QueueDirectory.open(root, OpenMode.EXISTING), Holders.here(random), clock, random);
    String bundle = only(names("queue").stream().filter(n -> n.endsWith(".jsonl")).toList());
    opened.format().parse(bundle).claim(now + 600, opened.holders().next());
  }

  private static void leaseAndComplete(FileQueue worker, int count) throws IOException {
    try {
      List<Lease> leases = worker.lease(count, LEASE, ZERO);
      assertThat(leases).hasSize(count);
      assertThat(worker.completeEach(leases)).isEmpty();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
