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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

  @Test
  void nothingIsPublishedOfFilesOfWhichOneCouldNotBeForced() throws Exception {
    IOException fullDisk = new IOException("No space left on device");
    recording.failNextForce(fullDisk);

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
