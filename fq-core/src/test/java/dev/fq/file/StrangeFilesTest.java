package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
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
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are no tasks, tasks that are hard to read, and many of them. */
class StrangeFilesTest {

  private static final Duration LEASE = ofMinutes(5);
  private static final TaskId ID = new TaskId("0199b0a0-0000-7000-8000-000000000001");

  private final MutableClock clock = MutableClock.atSomeTime();
  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/work/q");
  private FileQueue queue;

  @BeforeEach
  void open() throws IOException {
    queue = FileQueue.at(root).clock(clock).random(new Random(7)).open(OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    fileSystem.close();
  }

  private void insert(TaskId id, Duration delay) throws IOException {
    queue.insert(List.of(new NewTask(id, Payload.ofJson("{\"a\": 1}"), delay)));
  }

  private Lease leaseOne() throws Exception {
    List<Lease> leases = queue.lease(1, LEASE, ZERO);
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void unreadableTasksGoToDeadWithTheirReasons() throws Exception {
    Path directory = root.resolve("queue");
    Files.write(directory.resolve("0--utf8.json"), new byte[] {'"', (byte) 0xC3, '"'});
    Files.writeString(directory.resolve("0--half.json"), "{\"payload\": {\"a\"");
    Files.writeString(directory.resolve("0--empty.json"), "");
    Files.writeString(directory.resolve("0--other.json"), "{\"id\": \"other\"}");
    Files.createDirectory(directory.resolve("0--dir.json"));
    Path secret = Files.writeString(fileSystem.getPath("/work/secret"), "{\"payload\": 1}");
    Files.createSymbolicLink(directory.resolve("0--link.json"), secret);
    insert(ID, ZERO);

    assertThat(queue.lease(100, LEASE, ZERO)).extracting(Lease::id).containsExactly(ID);

    assertThat(reasonOf("utf8")).isEqualTo("not a task: not UTF-8");
    assertThat(reasonOf("half")).startsWith("not a task: not JSON: Unexpected end-of-input");
    assertThat(reasonOf("empty")).startsWith("not a task: expected a JSON object");
    assertThat(reasonOf("other")).startsWith("not a task: expected a JSON object with a payload");
    assertThat(reasonOf("dir")).isEqualTo("not a task: not a regular file");
    assertThat(reasonOf("link")).isEqualTo("not a task: not a regular file");
    assertThat(queue.stats().dead()).hasValue(6);
    assertThat(Files.readString(secret)).isEqualTo("{\"payload\": 1}");
  }

  private String reasonOf(String id) throws IOException {
    return queue.peek(new TaskId(id)).orElseThrow().failures().get(0).reason();
  }

  @Test
  void tooMuchIsRefusedWithoutReadingIt() throws Exception {
    Path queueDirectory = root.resolve("queue");
    Files.write(queueDirectory.resolve("0--large.json"), new byte[100 * 1024 * 1024]);
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    Files.writeString(queueDirectory.resolve("0--deep.json"), "{\"payload\": " + deep + "}");
    insert(ID, ZERO);

    assertThat(queue.lease(100, LEASE, ZERO)).extracting(Lease::id).containsExactly(ID);

    assertThat(reasonOf("large"))
        .isEqualTo("not a task: expected at most 50331648 bytes, found 104857600 or more");
    assertThat(reasonOf("deep")).startsWith("not a task: ").contains("1001");
  }

  @Test
  void payloadsThatAreOddAndJsonComeOutAsTheyWentIn() throws Exception {
    for (String odd :
        List.of(
            "{\"a\": 1, \"a\": 2}",
            "\"\\u0000\"",
            "1e400",
            "{\"\": {\"__proto__\": null}}",
            "\"\uD83D\uDE00 \\ud800\"",
            "[" + "[".repeat(990) + "]".repeat(990) + "]")) {
      queue.insert(List.of(NewTask.of(Payload.ofJson(odd), ZERO)));

      Lease lease = leaseOne();

      assertThat(lease.payload().json()).isEqualTo(odd);
      queue.complete(lease);
    }
  }

  @Test
  void nulInAPayloadIsNoTask() throws Exception {
    Files.writeString(root.resolve("queue/0--nul.json"), "{\"payload\": \"a\0b\"}");
    Files.write(root.resolve("queue/0--zeros.json"), new byte[300]);

    assertThat(queue.lease(100, LEASE, ZERO)).isEmpty();

    assertThat(reasonOf("nul")).startsWith("not a task: not JSON: Illegal unquoted character");
    assertThat(reasonOf("zeros")).startsWith("not a task: not JSON: Illegal character");
  }

  @Test
  void tenThousandDeadTasksAreListedRetriedAndPurged() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      Files.writeString(root.resolve("dead").resolve("t" + i + ".json"), "{\"payload\": 1}");
      Files.writeString(root.resolve("dead").resolve("t" + i + ".log"), "{\"attempt\":1}\n");
    }

    assertThat(queue.stats().dead()).hasValue(10_000);
    try (var dead = queue.dead()) {
      assertThat(dead.count()).isEqualTo(10_000);
    }
    assertThat(queue.retryDead(id -> id.value().endsWith("7"))).isEqualTo(1_000);
    assertThat(queue.purgeDead(id -> true)).isEqualTo(9_000);

    assertThat(names("dead")).isEmpty();
    assertThat(queue.lease(2_000, LEASE, ZERO)).hasSize(1_000);
  }

  @Test
  void longestNamesAreLeasedAndEndLikeOthers() throws Exception {
    String id = "i".repeat(64);
    String fixed = "1--" + id + ".1." + ".json";
    String name = fixed.replace(".1.", ".1." + "h".repeat(255 - fixed.length()));
    Files.writeString(root.resolve("queue").resolve(name), "{\"payload\": 1}");
    assertThat(name).hasSize(255);

    Lease lease = leaseOne();
    assertThat(lease.attempt()).isEqualTo(2);
    queue.giveUp(lease, "for good");

    assertThat(names("dead")).containsExactly(id + ".json", id + ".log");
  }

  @Test
  void reasonsShowNothingOfAPayload() throws Exception {
    Files.writeString(root.resolve("queue/0--word.json"), "{\"payload\": hunter2}");
    Files.writeString(root.resolve("queue/0--open.json"), "{\"payload\": \"hunter2");
    Files.writeString(root.resolve("queue/0--number.json"), "{\"payload\": 00hunter2}");
    Files.writeString(root.resolve("queue/0--more.json"), "{\"payload\": 1} hunter2");

    assertThat(queue.lease(100, LEASE, ZERO)).isEmpty();

    for (String id : List.of("word", "open", "number", "more")) {
      assertThat(reasonOf(id)).startsWith("not a task: ").doesNotContain("hunter");
    }
  }

  @Test
  void replacementCharacterInAPayloadIsNoError() throws Exception {
    queue.insert(List.of(NewTask.of(Payload.ofJson("\"\uFFFD\""), ZERO)));

    assertThat(leaseOne().payload().json()).isEqualTo("\"\uFFFD\"");
  }

  @Test
  void largePayloadComesOutWhole() throws Exception {
    String text = '"' + "ä".repeat(100_000) + '"';
    queue.insert(List.of(NewTask.of(Payload.ofJson(text), ZERO)));

    assertThat(leaseOne().payload().json()).isEqualTo(text);
  }

  @Test
  void foreignFilesAreLeftAloneByEveryVerb() throws Exception {
    ShuffledFileQueueTest.strewForeignFiles(root);
    List<String> foreign = names("queue");
    insert(ID, ZERO);
    queue.release(leaseOne());
    queue.releaseAll(info -> true);
    queue.stats();
    queue.purge();

    assertThat(names("queue")).isEqualTo(foreign);
  }

  @Test
  void logLinesThatAreNoFailuresArePassedOver() throws Exception {
    insert(ID, ZERO);
    queue.fail(leaseOne(), "no luck", ZERO);
    Path log = root.resolve("dead").resolve(ID + ".log");
    Files.writeString(log, "seen, Ann\n" + Files.readString(log) + "\n{\"half\":");

    assertThat(queue.peek(ID).orElseThrow().failures())
        .extracting(failure -> failure.reason())
        .containsExactly("no luck");
  }

  @Test
  void longReasonIsShortenedAndSaysSo() throws Exception {
    insert(ID, ZERO);
    queue.fail(leaseOne(), "x".repeat(100_000), ZERO);

    assertThat(queue.peek(ID).orElseThrow().failures().get(0).reason())
        .hasSizeLessThan(17_000)
        .endsWith("(83616 more characters)");
  }
}
