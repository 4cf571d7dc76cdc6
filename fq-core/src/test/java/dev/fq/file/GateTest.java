package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.spi.Gate;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues that wait for others. */
class GateTest {

  @TempDir private Path directory;
  private final MutableClock clock = MutableClock.atSomeTime();
  private final List<FileQueue> opened = new ArrayList<>();
  private FileQueue first;
  private FileQueue second;

  @BeforeEach
  void makeQueues() throws IOException {
    first = queue("first");
    second = queue("second");
    insert(second);
  }

  @AfterEach
  void close() throws IOException {
    for (FileQueue queue : opened) {
      queue.close();
    }
  }

  private FileQueue queue(String name) throws IOException {
    FileQueue queue = open(directory.resolve(name), OpenMode.CREATE);
    opened.add(queue);
    return queue;
  }

  /** All by one clock, also those that a gate waits for. */
  private FileQueue open(Path path, OpenMode mode) throws IOException {
    return FileQueue.at(path)
        .clock(clock)
        .gateOpening(url -> open(Path.of(url.place()), OpenMode.EXISTING))
        .open(mode);
  }

  private static void insert(FileQueue queue) throws IOException {
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
  }

  private static Gate after(FileQueue... queues) {
    return new Gate(
        Stream.of(queues).map(queue -> QueueUrl.parse(queue.path().toString())).toList(), false);
  }

  private static List<Lease> lease(FileQueue queue) throws Exception {
    return queue.lease(1, ofMinutes(1), ZERO);
  }

  private List<String> gates(String queue) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(queue))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("gate"))
          .toList();
    }
  }

  /** Looks of a worker that finds nothing, a second apart. */
  private void look(FileQueue queue, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      clock.advance(ofSeconds(2));
      assertThat(lease(queue)).isEmpty();
    }
  }

  @Test
  void nothingIsLeasedBeforeTheOtherIsEmpty() throws Exception {
    insert(first);
    second.closeGate(after(first));

    look(second, 3);
    assertThat(second.gateWaitsFor())
        .containsExactly(first.url() + ": 1 waiting, 0 delayed, 0 leased");
    Lease lease = lease(first).get(0);
    look(second, 3);
    assertThat(second.gateWaitsFor())
        .containsExactly(first.url() + ": 0 waiting, 0 delayed, 1 leased");

    first.complete(lease);
    look(second, 1);
    clock.advance(ofSeconds(1));

    assertThat(lease(second)).hasSize(1);
    assertThat(gates("second")).singleElement().asString().matches("gate\\.opened-\\d{8}T\\d{6}Z");
    assertThat(second.gate()).isEmpty();
  }

  @Test
  void gateThatHasOpenedStaysOpen() throws Exception {
    second.closeGate(after(first));
    look(second, 1);
    clock.advance(ofSeconds(1));
    assertThat(lease(second)).hasSize(1);

    insert(first);
    insert(second);
    clock.advance(ofSeconds(5));

    assertThat(lease(second)).hasSize(1);
  }

  @Test
  void oneLookAtAnEmptyQueueOpensNothing() throws Exception {
    second.closeGate(after(first));
    look(second, 1);

    // A listing may have missed a task that was renamed meanwhile.
    insert(first);
    look(second, 3);

    first.complete(lease(first).get(0));
    look(second, 1);
    clock.advance(ofSeconds(1));
    assertThat(lease(second)).hasSize(1);
  }

  @Test
  void deadTasksKeepTheGateClosedUnlessTheyDoNotMatter() throws Exception {
    insert(first);
    first.giveUp(lease(first).get(0), "no luck");
    second.closeGate(after(first));

    look(second, 3);
    assertThat(second.gateWaitsFor()).singleElement().asString().contains("1 dead; try them again");

    second.closeGate(new Gate(after(first).after(), true));
    look(second, 1);
    clock.advance(ofSeconds(1));
    assertThat(lease(second)).hasSize(1);
  }

  @Test
  void allPredecessorsMustBeEmpty() throws Exception {
    FileQueue other = queue("other");
    insert(other);
    second.closeGate(after(first, other));

    look(second, 3);
    assertThat(second.gateWaitsFor()).singleElement().asString().startsWith(other.url() + ": 1 ");
    other.purge();
    look(second, 1);
    clock.advance(ofSeconds(1));

    assertThat(lease(second)).hasSize(1);
  }

  @Test
  void queueWhoseGateIsClosedIsNotEmpty() throws Exception {
    FileQueue third = queue("third");
    insert(third);
    insert(first);
    second.purge();
    second.closeGate(after(first));
    third.closeGate(after(second));

    assertThat(second.isEmpty()).isFalse();
    look(third, 3);
    assertThat(third.gateWaitsFor()).containsExactly(second.url() + ": its own gate is closed");

    first.purge();
    // Nobody works on the second: those who wait for it open its gate.
    look(third, 2);
    clock.advance(ofSeconds(2));
    assertThat(lease(third)).hasSize(1);
    assertThat(second.isEmpty()).isTrue();
  }

  @Test
  void queuesCannotWaitForEachOther() throws Exception {
    FileQueue third = queue("third");
    second.closeGate(after(first));
    third.closeGate(after(second));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> first.closeGate(after(first)))
        .withMessageContaining("expected another queue to wait for, found the same");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> first.closeGate(after(third)))
        .withMessageContaining("two queues cannot wait for each other");
    assertThat(gates("first")).isEmpty();
  }

  @Test
  void queuesThatSomebodyHasWaitForEachOtherStayClosedAndNothingElse() throws Exception {
    Files.writeString(directory.resolve("first/gate"), "after ../second\n");
    Files.writeString(directory.resolve("second/gate"), "after ../first\n");
    second.purge();

    look(second, 3);

    assertThat(second.gateWaitsFor()).containsExactly(first.url() + ": its own gate is closed");
    assertThat(first.isEmpty()).isFalse();
  }

  @Test
  void fileMayBeReadWrittenAndRemovedByHand() throws Exception {
    insert(first);
    second.closeGate(new Gate(after(first).after(), true));
    assertThat(directory.resolve("second/gate")).hasContent("after ../first\neven-if-dead");

    Files.writeString(directory.resolve("second/gate"), "# by hand\n\nafter " + first.url() + "\n");
    assertThat(second.gate()).contains(after(first));
    look(second, 2);
    Files.delete(directory.resolve("second/gate"));
    clock.advance(ofSeconds(1));

    assertThat(lease(second)).hasSize(1);
  }

  @Test
  void gateThatCannotBeUnderstoodStaysClosedAndSaysWhy() throws Exception {
    Files.writeString(directory.resolve("second/gate"), "before ../first\n");

    look(second, 3);

    assertThatThrownBy(second::gate)
        .isInstanceOfSatisfying(
            IOException.class, trouble -> assertThat(second.isTransient(trouble)).isFalse())
        .hasMessageContaining("gate, line 1: expected \"after QUEUE\"")
        .hasMessageContaining("found \"before ../first\"");
    assertThat(second.gateWaitsFor()).singleElement().asString().contains("gate, line 1: expected");
    Files.writeString(directory.resolve("second/gate"), "after ../none\n");
    look(second, 3);
    assertThat(second.gateWaitsFor()).singleElement().asString().contains("none: no queue here");
  }

  @Test
  void predecessorThatIsNotThereIsRefused() {
    assertThatThrownBy(
            () -> second.closeGate(new Gate(List.of(QueueUrl.parse(directory + "/none")), false)))
        .hasMessageContaining("no queue here");
    assertThatIllegalArgumentException().isThrownBy(() -> new Gate(List.of(), false));
  }

  @Test
  void gateIsOpenedByHandOrReplaced() throws Exception {
    insert(first);
    second.closeGate(after(first));
    look(second, 1);

    second.openGate();

    assertThat(lease(second)).hasSize(1);
    assertThat(gates("second")).singleElement().asString().startsWith("gate.opened-");
  }

  @Test
  void namedTaskIsLeasedAtAnyTime() throws Exception {
    insert(first);
    second.closeGate(after(first));
    try (Stream<TaskInfo> tasks = second.list()) {
      assertThat(second.lease(Set.of(tasks.findFirst().orElseThrow().id()), ofMinutes(1)))
          .hasSize(1);
    }
  }

  @Test
  void workersOfPythonKnowNoGates() throws Exception {
    try (FileQueue python =
        FileQueue.at(directory.resolve("python"))
            .sharedWithPython(true)
            .clock(clock)
            .open(OpenMode.CREATE)) {
      assertThatThrownBy(() -> python.closeGate(after(first)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("python-task-queue");
    }
  }
}
