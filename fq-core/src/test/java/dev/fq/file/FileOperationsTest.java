package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each verb costs in file operations, as docs/performance.md has it. */
class FileOperationsTest {

  private static final Path DOCUMENT = Path.of("../docs/performance.md");
  private static final String HEADING = "| verb |";

  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final MutableClock clock = MutableClock.atSomeTime();
  private FileQueue queue;
  private FileQueue durable;

  private interface Verb {
    void run() throws Exception;
  }

  /** Queues in the middle of their work: the first insert and the first search are over. */
  @BeforeEach
  void warmUp() throws Exception {
    queue = open(false);
    durable = open(true);
    for (FileQueue each : List.of(queue, durable)) {
      each.insert(tasks(10));
      each.complete(lease());
    }
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    durable.close();
    inMemory.close();
  }

  private FileQueue open(boolean isDurable) throws IOException {
    return FileQueue.at(recording.wrapPath(inMemory.getPath("/work/q")))
        .clock(clock)
        .random(new Random(1))
        .host("node1")
        .durable(isDurable)
        .open(OpenMode.CREATE);
  }

  private static List<NewTask> tasks(int count) throws IOException {
    Payload payload = Payload.ofJson("{}");
    return Stream.generate(() -> NewTask.of(payload, ZERO)).limit(count).toList();
  }

  private static List<NewTask> given(int count) throws IOException {
    return tasks(count).stream().map(task -> task.withOrigin(NewTask.IdOrigin.GIVEN)).toList();
  }

  private Lease lease() throws IOException, InterruptedException {
    return queue.lease(1, ofMinutes(5), ZERO).get(0);
  }

  private Map<String, Long> count(Verb verb) throws Exception {
    recording.operations().clear();
    verb.run();
    Map<String, Long> counts = new TreeMap<>();
    for (String operation : recording.operations()) {
      counts.merge(operation.substring(0, operation.indexOf(' ')), 1L, Long::sum);
    }
    return counts;
  }

  private Map<String, Verb> verbs() throws Exception {
    Lease renewed = lease();
    Lease released = lease();
    Lease completed = lease();
    Lease failed = lease();
    Lease givenUp = lease();
    Lease deleted = lease();
    Lease completedById = lease();
    Map<String, Verb> verbs = new LinkedHashMap<>();
    verbs.put("insert of one task", () -> queue.insert(tasks(1)));
    verbs.put("insert of ten", () -> queue.insert(tasks(10)));
    verbs.put("durable insert of ten", () -> durable.insert(tasks(10)));
    verbs.put("insert of ten with ids of yours", () -> queue.insert(given(10)));
    verbs.put("lease", this::lease);
    verbs.put("renew", () -> queue.renew(renewed, ofHours(1)));
    verbs.put("release", () -> queue.release(released));
    verbs.put("complete", () -> queue.complete(completed));
    verbs.put("fail", () -> queue.fail(failed, "why", ZERO));
    verbs.put("give up", () -> queue.giveUp(givenUp, "why"));
    verbs.put("stats", () -> queue.stats());
    verbs.put("list", () -> queue.list().close());
    verbs.put("peek", () -> queue.peek(deleted.id()));
    verbs.put("delete of one by id", () -> queue.deleteById(Set.of(deleted.id())));
    verbs.put("complete of one by id", () -> queue.completeById(Set.of(completedById.id())));
    verbs.put("release of one by id", () -> queue.releaseAll(info -> isOf(renewed, info)));
    verbs.put("retry of one dead", () -> queue.retryDead(id -> true));
    verbs.put("rezero", () -> queue.rezero());
    return verbs;
  }

  private static boolean isOf(Lease lease, TaskInfo info) {
    return info.id().equals(lease.id());
  }

  /** From the table: a row for each verb, a column for each operation. */
  private static Map<String, Map<String, Long>> documented() throws IOException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    int heading = 0;
    while (!lines.get(heading).startsWith(HEADING)) {
      heading++;
    }
    List<String> operations = cells(lines.get(heading));
    Map<String, Map<String, Long>> verbs = new LinkedHashMap<>();
    for (int row = heading + 2; lines.get(row).startsWith("|"); row++) {
      List<String> cells = cells(lines.get(row));
      Map<String, Long> counts = new TreeMap<>();
      for (int column = 1; column < cells.size(); column++) {
        if (!cells.get(column).isEmpty()) {
          counts.put(operations.get(column), Long.valueOf(cells.get(column)));
        }
      }
      verbs.put(cells.get(0), counts);
    }
    return verbs;
  }

  private static List<String> cells(String row) {
    return List.of(row.substring(1, row.length() - 1).split("\\|")).stream()
        .map(String::strip)
        .toList();
  }

  @Test
  void everyVerbMakesTheFileOperationsThatTheDocumentCounts() throws Exception {
    Map<String, Map<String, Long>> made = new LinkedHashMap<>();
    for (Map.Entry<String, Verb> verb : verbs().entrySet()) {
      made.put(verb.getKey(), count(verb.getValue()));
    }

    assertThat(made).isEqualTo(documented());
  }
}
