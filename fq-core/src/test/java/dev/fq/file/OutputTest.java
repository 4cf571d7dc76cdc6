package dev.fq.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.MutableClock;
import dev.fq.spi.OpenMode;
import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Keep;
import dev.fq.spi.OutputLog.Limits;
import dev.fq.spi.OutputLog.Output;
import dev.fq.spi.OutputLog.Part;
import dev.fq.spi.OutputLog.Sink;
import dev.fq.spi.OutputLog.Writer;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tasks write, kept and read again. */
class OutputTest {

  private static final Limits SMALL = new Limits(10, 1 << 20);

  private final MutableClock clock = MutableClock.atSomeTime();
  private final Instant start = clock.instant();
  private final FileSystem inMemory = Jimfs.newFileSystem(Configuration.unix());
  private final RecordingFileSystem recording = new RecordingFileSystem(inMemory);
  private final FileSystem files = recording.getFileSystem(null);
  private Path directory;
  private FileQueue queue;

  @BeforeEach
  void makeQueue() throws IOException {
    queue = FileQueue.at(files.getPath("/q")).clock(clock).open(OpenMode.CREATE);
    directory = files.getPath("/q/output");
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    inMemory.close();
  }

  private OutputLog log() {
    return queue.output().orElseThrow();
  }

  private Writer writer(Keep which) {
    return log().writer(which, Limits.DEFAULT);
  }

  private Sink begin(Writer writer, String task) {
    return writer.begin(new TaskId(task), 1, start);
  }

  private static void write(Sink sink, Channel channel, String text) throws IOException {
    sink.stream(channel).write(text.getBytes(UTF_8));
  }

  private static void writeAndComplete(Sink sink, String text) throws IOException {
    write(sink, Channel.OUT, text);
    sink.ended(TaskOutcome.COMPLETED);
  }

  private List<Output> attempts(String task) throws IOException {
    return log().search(new TaskId(task)).attempts();
  }

  private Output only(String task) throws IOException {
    List<Output> all = attempts(task);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static String text(Output output, Channel channel) {
    return new String(bytes(output, channel), UTF_8);
  }

  private static byte[] bytes(Output output, Channel channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    output.read(channel, 0).forEach(part -> all.writeBytes(part.bytes()));
    return all.toByteArray();
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.sorted().toList();
    }
  }

  private Path written(String suffix) throws IOException {
    return written().stream()
        .filter(file -> file.toString().endsWith(suffix))
        .findFirst()
        .orElseThrow();
  }

  /** What the worker's own thread writes each second. */
  private Output await(String task, Predicate<Output> condition) throws Exception {
    while (true) {
      for (Output output : attempts(task)) {
        if (condition.test(output)) {
          return output;
        }
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void eachOutputIsReadAsItWasWritten() throws Exception {
    byte[] random = new byte[100_000];
    new Random(7).nextBytes(random);
    try (Writer writer = writer(Keep.ALL)) {
      Sink sink = begin(writer, "a");
      sink.stream(Channel.OUT).write(random);
      write(sink, Channel.ERR, "no\r\nnewline");
      sink.ended(TaskOutcome.FAILED);
    }

    Output output = only("a");
    assertThat(output.attempt()).isEqualTo(1);
    assertThat(output.begun()).isEqualTo(start);
    assertThat(output.result()).contains(TaskOutcome.FAILED);
    assertThat(bytes(output, Channel.OUT)).isEqualTo(random);
    assertThat(text(output, Channel.ERR)).isEqualTo("no\r\nnewline");
  }

  @Test
  void attemptThatWroteNothingIsKnownToHaveWrittenNothing() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      begin(writer, "a").ended(TaskOutcome.COMPLETED);
    }

    assertThat(only("a").result()).contains(TaskOutcome.COMPLETED);
    assertThat(bytes(only("a"), Channel.OUT)).isEmpty();
    assertThat(attempts("b")).isEmpty();
  }

  @Test
  void manyTasksShareTwoFilesOfWhichEachLineOfOneNamesBytesOfTheOther() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(begin(writer, "a"), "first\n");
      writeAndComplete(begin(writer, "b"), "second\n");
    }

    assertThat(written()).hasSize(2);
    assertThat(Files.readAllLines(written(".index")))
        .containsExactly(
            "{\"id\":\"a\",\"attempt\":1,\"begun\":\"%s\",\"out\":[[0,6,0,0]],\"outcome\":\"completed\"}"
                .formatted(start),
            "{\"id\":\"b\",\"attempt\":1,\"begun\":\"%s\",\"out\":[[0,7,0,6]],\"outcome\":\"completed\"}"
                .formatted(start));
    byte[] members = Files.readAllBytes(written(".gz"));
    assertThat(new GZIPInputStream(new ByteArrayInputStream(members)).readAllBytes())
        .asString(UTF_8)
        .isEqualTo("first\nsecond\n");
  }

  @Test
  void attemptsOfAllWorkersAreFoundByTheTimeOfTheirBegin() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(writer.begin(new TaskId("a"), 2, start.plusSeconds(9)), "later");
    }
    try (Writer writer = writer(Keep.ALL)) {
      Sink released = writer.begin(new TaskId("a"), 1, start);
      write(released, Channel.OUT, "sooner");
      released.ended(TaskOutcome.RELEASED);
      writeAndComplete(writer.begin(new TaskId("a"), 1, start.plusSeconds(3)), "again");
    }

    assertThat(attempts("a"))
        .extracting(output -> text(output, Channel.OUT))
        .containsExactly("sooner", "again", "later");
  }

  @Test
  void firstAndLastHalfOfALongOutputAreKeptAndTheirPlaceIsKnown() throws Exception {
    try (Writer writer = log().writer(Keep.ALL, SMALL)) {
      Sink sink = begin(writer, "a");
      for (char c = 'a'; c <= 'z'; c++) {
        write(sink, Channel.OUT, "" + c);
      }
      sink.ended(TaskOutcome.COMPLETED);
    }

    Output output = only("a");
    assertThat(text(output, Channel.OUT)).isEqualTo("abcdevwxyz");
    assertThat(output.read(Channel.OUT, 0).map(Part::from)).containsExactly(0L, 21L);
    assertThat(written()).hasSize(2);
  }

  /** Each length of an output, written in steps of each size, beside what is to be kept of it. */
  @Test
  void whatIsKeptDoesNotDependOnTheStepsInWhichItWasWritten() throws Exception {
    String all = "abcdefghijklmnopqrstuvwxyz";
    try (Writer writer = log().writer(Keep.ALL, SMALL)) {
      for (int length = 0; length <= all.length(); length++) {
        for (int step = 1; step <= 13; step++) {
          Sink sink = begin(writer, length + "-" + step);
          for (int at = 0; at < length; at += step) {
            write(sink, Channel.OUT, all.substring(at, Math.min(length, at + step)));
          }
          sink.ended(TaskOutcome.COMPLETED);
        }
      }
    }

    for (int length = 0; length <= all.length(); length++) {
      String expected =
          all.substring(0, Math.min(5, length))
              + all.substring(Math.max(Math.min(5, length), length - 5), length);
      for (int step = 1; step <= 13; step++) {
        assertThat(text(only(length + "-" + step), Channel.OUT)).isEqualTo(expected);
      }
    }
  }

  @Test
  void runningAttemptIsReadBesideItsWriterAndOnlyWhatIsNew() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      Sink sink = begin(writer, "a");
      OutputLog.Search search = log().search(new TaskId("a"));
      write(sink, Channel.OUT, "first ");
      await("a", output -> text(output, Channel.OUT).equals("first "));
      assertThat(search.attempts().get(0).result()).isEmpty();

      write(sink, Channel.OUT, "second");
      await("a", output -> text(output, Channel.OUT).equals("first second"));

      assertThat(
              search
                  .attempts()
                  .get(0)
                  .read(Channel.OUT, 6)
                  .map(part -> new String(part.bytes(), UTF_8)))
          .containsExactly("second");
    }
  }

  /** As after a kill: its writer never gets to the end. */
  @Test
  void lastBytesOfALongOutputAreReadWhileItGrows() throws Exception {
    try (Writer writer = log().writer(Keep.ALL, SMALL)) {
      Sink sink = begin(writer, "a");
      write(sink, Channel.OUT, "0123456789 and so on");
      Output running = await("a", output -> text(output, Channel.OUT).length() == 10);

      assertThat(text(running, Channel.OUT)).isEqualTo("01234so on");
      assertThat(written(".tail").getFileName().toString()).startsWith("a.");

      sink.ended(TaskOutcome.COMPLETED);
      await("a", output -> output.result().isPresent());
    }
    assertThat(text(only("a"), Channel.OUT)).isEqualTo("01234so on");
    assertThat(written()).hasSize(2);
  }

  @Test
  void attemptThatNeverEndedHasItsLastBytesInTheFilesOfItsWriter() throws Exception {
    try (Writer writer = log().writer(Keep.ALL, SMALL)) {
      write(begin(writer, "a"), Channel.OUT, "0123456789 and so on");
      await("a", output -> text(output, Channel.OUT).length() == 10);
    }

    assertThat(text(only("a"), Channel.OUT)).isEqualTo("01234so on");
    assertThat(only("a").result()).isEmpty();
    assertThat(written()).hasSize(2);
  }

  @Test
  void onlyAttemptsThatDidNotCompleteAreKeptWhereOnlyThoseAreWanted() throws Exception {
    try (Writer writer = writer(Keep.FAILED)) {
      writeAndComplete(begin(writer, "good"), "fine");
      Sink bad = begin(writer, "bad");
      write(bad, Channel.OUT, "oh ");
      write(bad, Channel.OUT, "no");
      bad.ended(TaskOutcome.FAILED);
      Sink lost = begin(writer, "lost");
      write(lost, Channel.ERR, "where");
      lost.ended(TaskOutcome.LOST);
    }

    assertThat(attempts("good")).isEmpty();
    assertThat(text(only("bad"), Channel.OUT)).isEqualTo("oh no");
    assertThat(text(only("lost"), Channel.ERR)).isEqualTo("where");
  }

  @Test
  void whatComesAfterTheEndIsDropped() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      Sink sink = begin(writer, "a");
      writeAndComplete(sink, "in time");
      write(sink, Channel.OUT, ", too late");
      sink.ended(TaskOutcome.FAILED);
    }

    assertThat(text(only("a"), Channel.OUT)).isEqualTo("in time");
    assertThat(only("a").result()).contains(TaskOutcome.COMPLETED);
  }

  @Test
  void whereNothingBeganNothingIsMade() throws Exception {
    writer(Keep.ALL).close();

    assertThat(directory).doesNotExist();
    assertThat(attempts("a")).isEmpty();
  }

  /** One write after another fails once: of the output, and of its line. */
  @Test
  void outputThatCouldNotBeWrittenIsWrittenLaterWholeAndOnce() throws Exception {
    for (int refused = 1; refused <= 2; refused++) {
      int refusedWrite = refused;
      String task = "task-" + refused;
      AtomicInteger writes = new AtomicInteger();
      CountDownLatch isRefused = new CountDownLatch(1);
      recording.interfere(
          new RecordingFileSystem.Interference() {
            @Override
            public void before(String operation, Path path) throws IOException {
              if (operation.equals("write") && writes.incrementAndGet() == refusedWrite) {
                isRefused.countDown();
                throw new FileSystemException(path.toString(), null, "No space left on device");
              }
            }
          });
      try (Writer writer = writer(Keep.ALL)) {
        writeAndComplete(begin(writer, task), "text of " + task);
        isRefused.await();
        writeAndComplete(begin(writer, task + "-next"), "next");
      }

      assertThat(text(only(task), Channel.OUT)).isEqualTo("text of " + task);
      assertThat(text(only(task + "-next"), Channel.OUT)).isEqualTo("next");
    }
  }

  @Test
  void fullLogGetsNoMore() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(begin(writer, "a"), "kept");
    }
    try (Writer writer = log().writer(Keep.ALL, new Limits(1 << 20, 2))) {
      writeAndComplete(begin(writer, "b"), "not kept");
    }

    assertThat(text(only("a"), Channel.OUT)).isEqualTo("kept");
    assertThat(attempts("b")).isEmpty();
  }

  @Test
  void filesThatNobodyHasWrittenToForLongArePruned() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(begin(writer, "old"), "old");
    }
    for (Path file : written()) {
      Files.setLastModifiedTime(file, FileTime.from(start.minus(Duration.ofDays(31))));
    }
    Path tail = Files.writeString(directory.resolve("old.a-1-x.tail"), "{}\n");
    Files.setLastModifiedTime(tail, FileTime.from(start.minus(Duration.ofDays(31))));
    Path notes = Files.writeString(directory.resolve("notes"), "mine");
    Files.setLastModifiedTime(notes, FileTime.from(start.minus(Duration.ofDays(31))));
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(begin(writer, "new"), "new");
    }

    assertThat(log().prune(start.minus(Duration.ofDays(30)))).isEqualTo(3);

    assertThat(attempts("old")).isEmpty();
    assertThat(text(only("new"), Channel.OUT)).isEqualTo("new");
    assertThat(notes).exists();
  }

  @Test
  void filesThatAreRemovedWhileTheirWriterLivesAreFollowedByOthers() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(begin(writer, "a"), "removed");
      await("a", output -> output.result().isPresent());
      Files.delete(written(".gz"));

      writeAndComplete(begin(writer, "b"), "there");
    }

    assertThat(text(only("b"), Channel.OUT)).isEqualTo("there");
  }

  @Test
  void halfOfALineAndOtherTextArePassedOver() throws Exception {
    try (Writer writer = writer(Keep.ALL)) {
      writeAndComplete(begin(writer, "a"), "text");
    }
    Path index = written(".index");
    String whole = Files.readString(index);
    Files.writeString(
        index, "{\"id\":\"a\" not ours\n" + whole + "{\"id\":\"a\",\"attempt\":2,\"begun\":");
    Files.writeString(directory.resolve("a.b-1-x.tail"), "no line of an index");

    assertThat(text(only("a"), Channel.OUT)).isEqualTo("text");
  }

  @Test
  void hugeBatchesAreWrittenInMembersOfAFewMebibytes() throws Exception {
    String text = "0123456789abcdef".repeat(20_000);
    try (Writer writer = writer(Keep.ALL)) {
      IntStream.range(0, 40)
          .parallel()
          .forEach(
              i -> {
                try {
                  writeAndComplete(begin(writer, "task-" + i), text + i);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
    }

    for (int i = 0; i < 40; i++) {
      assertThat(text(only("task-" + i), Channel.OUT)).isEqualTo(text + i);
    }
    assertThat(
            Files.readString(written(".index"))
                .lines()
                .map(line -> line.replaceAll(".*,(\\d+),\\d+\\]\\].*", "$1"))
                .distinct()
                .count())
        .isGreaterThan(5);
  }

  @Test
  void limitsMustLeaveSomething() {
    assertThatThrownBy(() -> new Limits(1, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 2 to 1073741824 bytes, found 1");
    assertThatThrownBy(() -> new Limits(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0");
  }
}
