package dev.fq.file;

import static dev.fq.spi.NewTask.IdOrigin.GENERATED;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which files fq touches in a shared directory, in which order, as docs/python.md has it. */
class PythonProtocolTest {

  private static final Path DOCUMENT = Path.of("../docs/python.md");
  private static final String HEADING = "| verb | python-task-queue | fq |";
  private static final TaskId ID = new TaskId("ID");
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final MutableClock clock = MutableClock.atSomeTime();
  private final Map<String, String> steps = new LinkedHashMap<>();
  private FileQueue queue;

  private interface Verb {
    void run() throws Exception;
  }

  /** One that counts already, and has asked what the umask gives. */
  @BeforeEach
  void open() throws Exception {
    queue =
        FileQueue.at(recording.wrapPath(inMemory.getPath("/data/q")))
            .clock(clock)
            .random(new Random(1))
            .sharedWithPython(true)
            .open(OpenMode.CREATE);
    insert();
    queue.complete(lease());
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private void insert() throws IOException {
    queue.insert(List.of(new NewTask(ID, Payload.ofJson("1"), ZERO, GENERATED)));
  }

  private Lease lease() throws IOException, InterruptedException {
    clock.advance(LEASE.plusSeconds(1));
    return queue.lease(1, LEASE, ZERO).get(0);
  }

  private void record(String verb, Verb run) throws Exception {
    recording.operations().clear();
    run.run();
    steps.put(verb, String.join(", ", steps(recording.operations())));
  }

  /** What is done to one file in a row is one step. */
  private static List<String> steps(List<String> operations) {
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      String[] operation = operations.get(i).split(" ", 2);
      List<String> onSameFile = new ArrayList<>(List.of(operation[0]));
      while (i + 1 < operations.size() && goesOn(operations.get(i + 1), operation[1])) {
        i++;
        onSameFile.add(operations.get(i).split(" ", 2)[0]);
      }
      String step = step(operation[1], onSameFile);
      if (!step.isEmpty()) {
        steps.add(step + " " + place(operation[1]));
      }
    }
    return steps;
  }

  private static boolean goesOn(String operation, String file) {
    return List.of("read " + file, "write " + file, "close " + file).contains(operation);
  }

  private static String step(String file, List<String> operations) {
    return switch (operations.get(0)) {
      // Appending makes a file that is missing.
      case "create" -> isAppendedTo(file) ? "append" : "write";
      case "open" ->
          !operations.contains("write") ? "read" : file.equals("insertions") ? "add to" : "append";
      case "move" -> "rename";
      case "link" -> "link";
      case "delete" -> "remove";
      case "list" -> "list";
      default -> "";
    };
  }

  private static boolean isAppendedTo(String file) {
    return List.of("ID", "ID.log", "completions").contains(file);
  }

  private static String place(String file) {
    if (file.matches("[0-9]+--ID\\.json")) {
      return "queue/ID";
    }
    if (file.matches("ID\\.[0-9a-v]{8}\\.json")) {
      return "dead/ID.TOKEN.json";
    }
    if (file.matches("ID\\.[0-9a-v]{8}")) {
      return "tmp/ID";
    }
    return switch (file) {
      case "ID" -> "movement/ID";
      case "ID.log", "ID.json" -> "dead/" + file;
      case "q" -> "the directory";
      default -> file;
    };
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(DOCUMENT);
    for (int row = lines.indexOf(HEADING) + 2; lines.get(row).startsWith("|"); row++) {
      String[] cells = lines.get(row).split("\\|", -1);
      rows.put(cells[1].strip(), cells[3].strip());
    }
    return rows;
  }

  @Test
  void everyVerbTouchesTheFilesThatTheDocumentSaysInItsOrder() throws Exception {
    record("insert", this::insert);
    Lease[] lease = {null};
    // Who leases a task first finds no log to read.
    queue.release(lease());
    clock.advance(Duration.ofSeconds(1));
    record("lease", () -> lease[0] = queue.lease(1, LEASE, ZERO).get(0));
    clock.advance(Duration.ofSeconds(1));
    record("renew", () -> lease[0] = queue.renew(lease[0], LEASE));
    record("release", () -> queue.release(lease[0]));
    Lease failed = lease();
    record("fail", () -> queue.fail(failed, "why", LEASE));
    Lease completed = lease();
    record("complete", () -> queue.complete(completed));
    insert();
    Lease deleted = lease();
    record("delete", () -> queue.delete(deleted));
    insert();
    Lease givenUp = lease();
    record("give up", () -> queue.giveUp(givenUp, "why"));
    record("retry", () -> queue.retryDead(id -> true));
    lease();
    record("release all", () -> queue.releaseAll(info -> true));
    record("delete by id", () -> queue.deleteById(Set.of(ID)));
    insert();
    record("purge", () -> queue.purge());
    record("count", () -> queue.stats());
    record("rezero", () -> queue.rezero());

    assertThat(steps).isEqualTo(documented());
  }
}
