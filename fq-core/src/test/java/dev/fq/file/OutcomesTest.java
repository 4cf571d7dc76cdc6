package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.MutableClock;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What became of attempts, written and read again. */
class OutcomesTest {

  private static final int A_BATCH = 1_000;

  private final Clock clock = MutableClock.atSomeTime();
  private final Instant start = clock.instant();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final FileSystem files = recording.getFileSystem(null);
  private Path directory;
  private FileQueue queue;

  @BeforeEach
  void makeQueue() throws IOException {
    queue = FileQueue.at(files.getPath("/q")).clock(clock).open(OpenMode.CREATE);
    directory = files.getPath("/q/outcomes");
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private OutcomeLog log() {
    return queue.outcomes().orElseThrow();
  }

  /** One that ended so many seconds after the start. */
  private Outcome outcome(String id, int seconds) {
    return new Outcome(
        new TaskId(id),
        "Tile",
        null,
        1,
        TaskOutcome.COMPLETED,
        start,
        start.plusSeconds(seconds),
        "a",
        1,
        null,
        null,
        null,
        null);
  }

  private void write(Outcome... outcomes) {
    try (OutcomeLog.Writer writer = log().writer()) {
      for (Outcome outcome : outcomes) {
        writer.add(outcome);
      }
    }
  }

  private List<Outcome> read(Instant since) throws IOException {
    try (Stream<Outcome> all = log().read(since)) {
      return all.toList();
    }
  }

  private List<String> ids() throws IOException {
    return read(Instant.MIN).stream().map(outcome -> outcome.task().value()).toList();
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.sorted().toList();
    }
  }

  @Test
  void outcomeIsReadAsItWasWritten() throws Exception {
    Outcome failed =
        new Outcome(
            new TaskId("a"),
            "CommandTask",
            "./step \"7\" ü\\u001b",
            3,
            TaskOutcome.DEAD,
            start,
            start.plusNanos(1_234_567_890),
            "node-7",
            4,
            139,
            123_456_789_012L,
            "java.io.IOException",
            "exit code 139");
    Outcome bare =
        new Outcome(
            new TaskId("b"),
            "",
            null,
            1,
            TaskOutcome.LOST,
            start,
            start.plusSeconds(2),
            "h",
            0,
            null,
            null,
            null,
            null);

    write(failed, bare);

    assertThat(read(Instant.MIN)).containsExactly(failed, bare);
  }

  @Test
  void eachOutcomeIsALineOfJson() throws Exception {
    write(outcome("a", 7));

    assertThat(Files.readString(written().get(0)))
        .isEqualTo(
            "{\"id\":\"a\",\"type\":\"Tile\",\"attempt\":1,\"outcome\":\"completed\","
                + "\"begun\":\"%s\",\"ended\":\"%s\",\"host\":\"a\",\"slot\":1}\n"
                    .formatted(nanos(start), nanos(start.plusSeconds(7))));
  }

  private static String nanos(Instant time) {
    return time.toString().replace("Z", ".000000000Z");
  }

  /** A reason that is shortened may end so, and a payload may have it in the name of a type. */
  @Test
  void halfOfASurrogatePairKeepsNoOutcomeFromBeingWritten() throws Exception {
    Outcome odd =
        new Outcome(
            new TaskId("odd"),
            "Tile\ud83d",
            null,
            1,
            TaskOutcome.FAILED,
            start,
            start,
            "a",
            1,
            null,
            null,
            null,
            "no such tile \ud83d");

    write(odd, outcome("a", 1));

    assertThat(ids()).containsExactly("odd", "a");
    assertThat(read(Instant.MIN).get(0).type()).isEqualTo("Tile?");
  }

  /** To a client of NFS a name is absent for a minute that it has looked for in vain. */
  @Test
  void whetherOutcomesAreAskedForIsFoundByListing() throws Exception {
    log().ask(true);
    recording.operations().clear();

    assertThat(log().isAsked()).isTrue();

    assertThat(recording.operations())
        .contains("list q", "list outcomes")
        .doesNotContain("stat asked");
  }

  @Test
  void directoryOfTheUsersMayBeALink() throws Exception {
    Path target = Files.createDirectory(files.getPath("/target"));
    Path link = Files.createSymbolicLink(files.getPath("/link"), target);

    try (OutcomeLog.Writer writer = FileRecords.outcomesIn(link).writer()) {
      writer.add(outcome("a", 1));
    }

    try (Stream<Path> all = Files.list(target)) {
      assertThat(all).hasSize(1);
    }
  }

  @Test
  void outcomesOfSeveralWorkersComeInTheOrderOfTheirEnds() throws Exception {
    write(outcome("a", 1), outcome("d", 40), outcome("f", 60));
    write(outcome("e", 50), outcome("g", 70));
    write(outcome("b", 20), outcome("c", 30));

    assertThat(written()).hasSize(3);
    assertThat(ids()).containsExactly("a", "b", "c", "d", "e", "f", "g");
  }

  @Test
  void onlyWhatEndedSinceIsRead() throws Exception {
    write(outcome("a", 1), outcome("b", 20), outcome("c", 30));

    assertThat(read(start.plusSeconds(20))).extracting(Outcome::task).hasToString("[b, c]");
  }

  @Test
  void whereNothingWasWrittenNothingIsRead() throws Exception {
    assertThat(ids()).isEmpty();

    log().writer().close();

    assertThat(directory).doesNotExist();
  }

  @Test
  void partOfALineAndOtherTextArePassedOver() throws Exception {
    write(outcome("a", 1), outcome("b", 2));
    Path file = written().get(0);
    String whole = Files.readString(file);
    Files.writeString(file, "not ours\n[]\n{\"id\":7}\n" + whole.substring(0, whole.length() - 9));
    Files.writeString(directory.resolve("notes.jsonl"), "mine");

    assertThat(ids()).containsExactly("a");
  }

  @Test
  void fileThatNobodyHasWrittenToForLongIsPruned() throws Exception {
    write(outcome("a", 1));
    Path old = written().get(0);
    write(outcome("b", 2));
    Path notes = Files.writeString(directory.resolve("notes"), "mine");
    Files.setLastModifiedTime(old, FileTime.from(start.minus(Duration.ofDays(31))));
    Files.setLastModifiedTime(notes, FileTime.from(start.minus(Duration.ofDays(31))));

    assertThat(log().prune(start.minus(Duration.ofDays(30)))).isEqualTo(1);

    assertThat(ids()).containsExactly("b");
    assertThat(notes).exists();
  }

  @Test
  void queueRemembersThatOutcomesAreAskedFor() throws Exception {
    assertThat(log().isAsked()).isFalse();

    log().ask(true);
    log().ask(true);
    assertThat(log().isAsked()).isTrue();

    log().ask(false);
    log().ask(false);
    assertThat(log().isAsked()).isFalse();
  }

  /** Half of a batch is written, and then the disk is full for a while. */
  @Test
  void batchThatWasWrittenInPartIsWrittenAgainWholeAndOnce() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    recording.interfere(
        new RecordingFileSystem.Interference() {
          @Override
          public void before(String operation, Path path) throws IOException {
            if (operation.equals("write") && refused.getCount() > 0) {
              refused.countDown();
              throw new FileSystemException(path.toString(), null, "No space left on device");
            }
          }
        });
    OutcomeLog.Writer writer = log().writer();

    IntStream.range(0, A_BATCH).forEach(i -> writer.add(outcome("a" + i, i)));
    refused.await();
    writer.add(outcome("last", A_BATCH));
    writer.close();

    assertThat(ids()).hasSize(A_BATCH + 1).doesNotHaveDuplicates().endsWith("last");
    assertThat(Files.readAllLines(written().get(0), StandardCharsets.UTF_8)).hasSize(A_BATCH + 1);
  }

  @Test
  void nothingIsAppendedToTheFileOfAnotherWorker() throws Exception {
    write(outcome("a", 1));
    Files.writeString(written().get(0), "{\"id\":\"torn", StandardOpenOption.APPEND);

    write(outcome("b", 2));

    assertThat(ids()).containsExactly("a", "b");
  }

  @Test
  void directoryOfOutcomesIsPartOfAQueue() throws Exception {
    write(outcome("a", 1));
    Files.delete(files.getPath("/q/queue"));
    Files.delete(files.getPath("/q/tmp"));

    FileQueue.at(files.getPath("/q")).clock(clock).open(OpenMode.CREATE).close();

    assertThat(ids()).containsExactly("a");
  }
}
