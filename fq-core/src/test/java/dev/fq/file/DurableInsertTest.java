package dev.fq.file;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut, or a disk that cannot keep its word, leaves of a durable insert. */
class DurableInsertTest {

  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final Path root = inMemory.getPath("/work/q");
  private FileQueue queue;

  @BeforeEach
  void open() throws IOException {
    queue =
        FileQueue.at(recording.wrapPath(root))
            .random(new Random(1))
            .host("node1")
            .durable(true)
            .open(OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private static List<NewTask> tasks(int count) throws IOException {
    Payload payload = Payload.ofJson("{}");
    return Stream.generate(() -> NewTask.of(payload, ZERO)).limit(count).toList();
  }

  private List<String> operations(String kind) {
    return recording.operations().stream().filter(each -> each.startsWith(kind + " ")).toList();
  }

  @Test
  void everyFileIsForcedBeforeTheFirstIsPublished() throws Exception {
    queue.insert(tasks(100));

    List<String> steps =
        recording.operations().stream()
            .filter(each -> each.startsWith("force ") || each.startsWith("move "))
            .toList();
    assertThat(steps.subList(0, 100)).allMatch(each -> each.startsWith("force "));
    assertThat(steps.subList(0, 100)).doesNotHaveDuplicates();
    assertThat(steps.subList(100, 200)).allMatch(each -> each.startsWith("move "));
  }

  private static final RecordingFileSystem.Interference NONE =
      new RecordingFileSystem.Interference() {};

  /** In-memory file systems have no directories that could be forced. */
  private static FileQueue onDisk(RecordingFileSystem recording, Path directory)
      throws IOException {
    return FileQueue.at(recording.wrapPath(directory.resolve("q")))
        .durable(true)
        .open(OpenMode.CREATE);
  }

  @Test
  void directoryIsForcedAfterTheLastRename(@TempDir Path directory) throws Exception {
    RecordingFileSystem disk = new RecordingFileSystem(FileSystems.getDefault());
    try (FileQueue onDisk = onDisk(disk, directory)) {
      disk.operations().clear();

      onDisk.insert(tasks(300));
    }

    assertThat(disk.operations()).filteredOn("force queue"::equals).hasSize(1);
    assertThat(disk.operations().indexOf("force queue"))
        .isGreaterThan(lastOf("move ", disk.operations()));
  }

  private static int lastOf(String prefix, List<String> operations) {
    int last = operations.size() - 1;
    while (!operations.get(last).startsWith(prefix)) {
      last--;
    }
    return last;
  }

  @Test
  void whatIsToldAsInsertedOutlastsAPowerCutThoughTheRestFailed(@TempDir Path directory)
      throws Exception {
    RecordingFileSystem disk = new RecordingFileSystem(FileSystems.getDefault());
    try (FileQueue onDisk = onDisk(disk, directory)) {
      AtomicInteger forced = new AtomicInteger();
      disk.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) throws IOException {
              // Files are forced 256 by 256.
              if (operation.equals("force") && forced.incrementAndGet() == 257) {
                throw new IOException("No space left on device");
              }
            }
          });
      disk.operations().clear();

      PartialInsertException e =
          catchThrowableOfType(PartialInsertException.class, () -> onDisk.insert(tasks(300)));

      assertThat(e.inserted()).isEqualTo(256);
      assertThat(disk.operations().indexOf("force queue"))
          .isGreaterThan(lastOf("move ", disk.operations()));
    }
  }

  @Test
  void triedAgainADirectoryThatCouldNotBeForcedIsForced(@TempDir Path directory) throws Exception {
    RecordingFileSystem disk = new RecordingFileSystem(FileSystems.getDefault());
    try (FileQueue onDisk = onDisk(disk, directory)) {
      disk.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) throws IOException {
              if (operation.equals("force") && path.endsWith("queue")) {
                throw new IOException("Input/output error");
              }
            }
          });
      PartialInsertException e =
          catchThrowableOfType(PartialInsertException.class, () -> onDisk.insert(tasks(3)));
      assertThat(e.missing().isEmpty()).isTrue();
      disk.interfere(NONE);
      disk.operations().clear();

      onDisk.insert(List.of());

      assertThat(disk.operations()).contains("force queue");
    }
  }

  @Test
  void nothingIsPublishedOfFilesOfWhichOneCouldNotBeForced() throws Exception {
    IOException fullDisk = new IOException("No space left on device");
    recording.interfere(Fault.once("force", fullDisk));

    PartialInsertException e =
        catchThrowableOfType(PartialInsertException.class, () -> queue.insert(tasks(100)));

    assertThat(e).hasRootCause(fullDisk).hasMessageContaining("0 of 100 tasks were inserted");
    assertThat(operations("move")).isEmpty();
    assertThat(operations("close")).hasSameSizeAs(operations("create"));
    try (Stream<Path> left = Files.list(root.resolve("tmp"))) {
      assertThat(left).isEmpty();
    }
  }
}
