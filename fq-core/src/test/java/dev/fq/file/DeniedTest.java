package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.RecordingFileSystem.Interference;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user may not do is told from what another was faster at. */
class DeniedTest {

  private final MutableClock clock = MutableClock.atSomeTime();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private FileQueue queue;

  @BeforeEach
  void open() throws Exception {
    queue =
        FileQueue.at(recording.wrapPath(inMemory.getPath("/work/q")))
            .clock(clock)
            .random(new Random(1))
            .open(OpenMode.CREATE);
    queue.insert(List.of(task("a"), task("b"), task("c")));
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private static NewTask task(String id) throws IOException {
    return new NewTask(new TaskId(id), Payload.ofJson('"' + id + '"'), ZERO);
  }

  private interface Denial {
    void at(String operation, String file) throws IOException;
  }

  private void deny(Denial denial) {
    recording.interfere(
        new Interference() {
          @Override
          public void before(String operation, Path path) throws IOException {
            denial.at(operation, path.toString());
          }
        });
  }

  private List<String> leaseAll() throws Exception {
    return queue.lease(10, ofMinutes(5), ZERO).stream().map(lease -> lease.id().value()).toList();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(inMemory.getPath("/work/q/queue"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** As in a directory with the sticky bit. */
  private void denyRenamesOfB() {
    deny(
        (operation, file) -> {
          if (operation.equals("move") && file.contains("--b")) {
            throw new FileSystemException(file, null, "Operation not permitted");
          }
        });
  }

  @Test
  void oneTaskThatMayNotBeRenamedIsPassedOverAndTheOthersAreLeased() throws Exception {
    denyRenamesOfB();

    assertThat(leaseAll()).containsExactlyInAnyOrder("a", "c");
    assertThat(leaseAll()).isEmpty();

    assertThat(queue.passedOver()).isEqualTo(1);
    assertThat(names()).contains("0--b.json");
  }

  @Test
  void taskThatWasPassedOverIsTriedAgainAfterAWhile() throws Exception {
    denyRenamesOfB();
    leaseAll();
    recording.interfere(new Interference() {});

    assertThat(leaseAll()).isEmpty();
    clock.advance(ofMinutes(2));

    assertThat(leaseAll()).containsExactly("b");
    assertThat(queue.passedOver()).isZero();
  }

  @Test
  void oneTaskThatMayNotBeReadIsPassedOverAndIsWhatItWas() throws Exception {
    deny(
        (operation, file) -> {
          if (operation.equals("open") && file.contains("--b")) {
            throw new AccessDeniedException(file);
          }
        });

    assertThat(leaseAll()).containsExactlyInAnyOrder("a", "c");

    assertThat(names()).contains("0--b.json");
    assertThat(queue.stats().dead()).hasValue(0);
  }

  @Test
  void queueInWhichNoTaskMayBeRenamedIsToldInOneLine() {
    deny(
        (operation, file) -> {
          boolean inQueue = file.contains("/queue/") || file.endsWith("/queue");
          if (operation.equals("move") || (operation.equals("stat") && inQueue)) {
            throw new AccessDeniedException(file);
          }
        });

    assertThatThrownBy(this::leaseAll)
        .isInstanceOf(QueueDeniedException.class)
        .hasMessageContaining("/work/q: permission denied");
  }

  @Test
  void taskThatCannotBePutAmongTheDeadStaysLeasedAndItsHolderIsTold() throws Exception {
    Lease lease = queue.lease(1, ofMinutes(5), ZERO).get(0);
    deny(
        (operation, file) -> {
          if (operation.equals("move") && !file.contains("tmp")) {
            throw new AccessDeniedException(file);
          }
        });

    assertThatThrownBy(() -> queue.giveUp(lease, "why")).isInstanceOf(QueueDeniedException.class);

    recording.interfere(new Interference() {});
    queue.release(lease);
    assertThat(queue.stats().waiting()).hasValue(3);
  }

  @Test
  void taskThatCannotBeReadForTheMomentIsGivenBack() throws Exception {
    deny(
        (operation, file) -> {
          if (operation.equals("open") && file.contains("--b")) {
            throw new FileSystemException(file, null, "Input/output error");
          }
        });
    int leased = 0;
    for (int tries = 0; tries < 4; tries++) {
      try {
        leased += leaseAll().size();
      } catch (FileSystemException e) {
        assertThat(e).hasMessageContaining("Input/output error");
      }
    }
    recording.interfere(new Interference() {});

    assertThat(leased).isEqualTo(2);
    clock.advance(ofMinutes(1));
    assertThat(leaseAll()).containsExactly("b");
  }
}
