package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.file.Finding.Level;
import dev.fq.file.format.Holders;
import dev.fq.file.format.QueueDirectory;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a place and of a queue, and what is repaired. */
class DoctorTest {

  private static final long ALL = Long.MAX_VALUE;

  @TempDir private Path directory;
  private final Clock clock = MutableClock.atSomeTime();
  private Path root;
  private Path tasks;

  @BeforeEach
  void makeQueue() throws Exception {
    root = directory.resolve("q");
    tasks = root.resolve("queue");
    try (FileQueue queue = FileQueue.at(root).open(OpenMode.CREATE)) {
      Payload payload = Payload.ofJson("{\"n\": 1}");
      queue.insert(
          List.of(
              new NewTask(new TaskId("a"), payload, Duration.ZERO),
              new NewTask(new TaskId("b"), payload, Duration.ZERO)));
    }
  }

  private OpenQueue opened() throws IOException {
    Random random = new Random(1);
    return OpenQueue.of(
        QueueDirectory.open(root, OpenMode.EXISTING), Holders.here(random), clock, random);
  }

  private Map<String, Finding> examine(boolean fix, long bodies) throws IOException {
    return new SoundnessCheck(opened(), fix, bodies)
        .examine().stream().collect(Collectors.toMap(Finding::check, finding -> finding));
  }

  private Finding finding(String check) throws IOException {
    return examine(false, ALL).get(check);
  }

  private Finding mended(String check) throws IOException {
    return examine(true, ALL).get(check);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(tasks)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void soundQueueInAFitPlaceHasNothingBad() throws Exception {
    List<Finding> findings = Doctor.of(root).examine(false, ALL);

    assertThat(findings)
        .extracting(Finding::check)
        .containsExactly(
            "directories",
            "access",
            "owners",
            "file system",
            "space",
            "rename",
            "append",
            "hard links",
            "new files",
            "clock",
            "listing",
            "ids",
            "bodies",
            "names",
            "tmp",
            "dead",
            "records",
            "counters");
    assertThat(findings)
        .filteredOn(finding -> !List.of("file system", "space", "clock").contains(finding.check()))
        .allMatch(finding -> finding.level() == Level.OK);
    assertThat(findings)
        .extracting(Finding::found)
        .contains(
            "200 files, each won by one of 2 threads and 2 processes",
            "2000 bytes by several processes, none lost");
    try (Stream<Path> left = Files.list(root.resolve("tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void placeWithoutAQueueIsRefused() {
    assertThatThrownBy(() -> Doctor.of(directory.resolve("none")))
        .isInstanceOf(NoQueueException.class);
  }

  @Test
  void directoriesThatAreMissingAreMade() throws Exception {
    Files.delete(root.resolve("tmp"));
    Files.delete(root.resolve("dead"));

    Finding before = Doctor.of(root).examine(false, ALL).get(0);
    Finding after = Doctor.of(root).examine(true, ALL).get(0);

    assertThat(before.level()).isEqualTo(Level.BAD);
    assertThat(before.found()).isEqualTo("tmp/ and dead/ is missing");
    assertThat(after.level()).isEqualTo(Level.WARN);
    assertThat(root.resolve("tmp")).isDirectory();
    assertThat(root.resolve("dead")).isDirectory();
  }

  @Test
  void copyOfATaskUnderItsIdIsRemovedAndTheLaterAttemptStays() throws Exception {
    Files.copy(tasks.resolve("0--a.json"), tasks.resolve("4102444800--a.2.h-1-x.json"));

    assertThat(finding("ids").level()).isEqualTo(Level.BAD);
    assertThat(finding("ids").found()).isEqualTo("1 are those of two files each, such as a");
    assertThat(mended("ids").level()).isEqualTo(Level.WARN);

    assertThat(names()).containsExactly("0--b.json", "4102444800--a.2.h-1-x.json");
    assertThat(finding("ids").level()).isEqualTo(Level.OK);
  }

  @Test
  void otherTaskUnderTheSameIdGetsOneOfItsOwn() throws Exception {
    Files.writeString(tasks.resolve("7--a.json"), "{\"payload\": \"another\"}");

    mended("ids");

    assertThat(names()).hasSize(3);
    assertThat(finding("ids").found()).isEqualTo("each of 3 tasks has its own");
  }

  @Test
  void whatIsNoTaskIsPutAmongTheDeadWithTheReason() throws Exception {
    Files.writeString(tasks.resolve("0--bad.json"), "{");

    assertThat(finding("bodies").level()).isEqualTo(Level.BAD);
    assertThat(finding("bodies").found()).startsWith("3 of 3 tasks read, 1 broken, such as bad: ");
    assertThat(mended("bodies").level()).isEqualTo(Level.WARN);

    try (FileQueue queue = FileQueue.at(root).open(OpenMode.EXISTING)) {
      TaskDetail dead = queue.peek(new TaskId("bad")).orElseThrow();
      assertThat(dead.failures()).singleElement().asString().contains("not a task: ");
      assertThat(queue.stats().waiting()).hasValue(2);
    }
  }

  @Test
  void whatIsNoTaskButLeasedOrDelayedIsToldAndLeftToItsHolder() throws Exception {
    Files.writeString(tasks.resolve("4102444800--bad.1.h-1-x.json"), "{");

    assertThat(mended("bodies").level()).isEqualTo(Level.BAD);

    assertThat(names()).contains("4102444800--bad.1.h-1-x.json");
  }

  @Test
  void noMoreTasksAreReadThanAskedFor() throws Exception {
    assertThat(examine(false, 1).get("bodies").found()).isEqualTo("1 of 2 tasks read, all sound");
  }

  @Test
  void foreignNamesAreToldAndLeftAlone() throws Exception {
    Files.writeString(tasks.resolve("notes.txt"), "");
    Files.writeString(tasks.resolve(".nfs0000000000000076"), "");
    Files.writeString(root.resolve("README"), "");

    assertThat(mended("names").level()).isEqualTo(Level.WARN);
    assertThat(mended("names").found())
        .isEqualTo("2 in queue/ are none of a task's, such as ../README");
    assertThat(names()).contains("notes.txt");
  }

  @Test
  void oldLeftoversAreRemovedAndNewFilesAreNot() throws Exception {
    Path old = Files.writeString(root.resolve("tmp/old"), "");
    Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofDays(2))));
    Path fresh = Files.writeString(root.resolve("tmp/fresh"), "");
    Files.setLastModifiedTime(fresh, FileTime.from(clock.instant()));

    assertThat(finding("tmp").level()).isEqualTo(Level.WARN);
    assertThat(old).exists();
    assertThat(mended("tmp").found()).startsWith("1 leftovers");

    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void deadTasksAreToldAndThoseThatAreWaitingTooAreTold() throws Exception {
    Files.move(tasks.resolve("0--a.json"), root.resolve("dead/a.json"));
    assertThat(finding("dead").found()).isEqualTo("dead tasks: 1");

    Files.copy(tasks.resolve("0--b.json"), root.resolve("dead/b.json"));
    assertThat(finding("dead").found()).isEqualTo("dead tasks: 2, of which 1 are in queue/ too");
    assertThat(finding("dead").level()).isEqualTo(Level.WARN);
  }

  @Test
  void counterThatTwoHostsHaveWrittenIsTold() throws Exception {
    Files.write(root.resolve("completions.node1"), "..\0.".getBytes(StandardCharsets.US_ASCII));

    assertThat(finding("counters").level()).isEqualTo(Level.WARN);
    assertThat(finding("counters").found()).startsWith("completions.node1 has holes");
  }

  @Test
  void counterThatCannotBeReadIsBad() throws Exception {
    Files.writeString(root.resolve("insertions"), "many");

    assertThat(finding("counters").level()).isEqualTo(Level.BAD);
    assertThat(finding("counters").found()).contains("expected a decimal number, found \"many\"");
  }

  @Test
  void directoryWithTheNameOfALogIsLeftAlone() throws Exception {
    Path directory = Files.createDirectory(root.resolve("dead/gone.log"));
    Path notes = Files.writeString(directory.resolve("notes"), "mine");
    Files.setLastModifiedTime(directory, FileTime.from(clock.instant().minus(Duration.ofDays(2))));

    assertThat(mended("records").level()).isEqualTo(Level.OK);
    assertThat(notes).exists();
  }

  @Test
  void recordsOfTasksThatAreGoneAreRemovedAfterADay() throws Exception {
    Path log = Files.writeString(root.resolve("dead/gone.log"), "{}\n");
    Path ofTask = Files.writeString(root.resolve("dead/a.log"), "{}\n");
    Files.setLastModifiedTime(ofTask, FileTime.from(clock.instant().minus(Duration.ofDays(2))));
    Files.setLastModifiedTime(log, FileTime.from(clock.instant().minus(Duration.ofHours(23))));
    assertThat(finding("records").level()).isEqualTo(Level.OK);

    Files.setLastModifiedTime(log, FileTime.from(clock.instant().minus(Duration.ofHours(25))));

    assertThat(finding("records").found()).isEqualTo("1 of tasks that are gone");
    assertThat(mended("records").found()).isEqualTo("1 of tasks that are gone; removed");
    assertThat(log).doesNotExist();
    assertThat(ofTask).exists();
  }

  // shared with Python

  private void share() throws IOException {
    Migration.of(root, clock, new Random(1)).toPython(renamed -> {});
  }

  private List<Finding> ofPython() throws IOException {
    return new SoundnessCheck(opened(), false, 0)
        .examine().stream()
            .filter(finding -> List.of("python", "plain names").contains(finding.check()))
            .toList();
  }

  @Test
  void queueOfOurOwnHasNothingToDoWithPython() throws Exception {
    assertThat(ofPython()).isEmpty();
  }

  @Test
  void whoSharesAQueueIsToldWhatItCannotDo() throws Exception {
    share();

    List<Finding> findings = Doctor.of(root).examine(false, ALL);

    assertThat(findings).filteredOn(finding -> finding.level() == Level.BAD).isEmpty();
    Finding sharing =
        findings.stream().filter(each -> each.check().equals("python")).findFirst().orElseThrow();
    assertThat(sharing.level()).isEqualTo(Level.WARN);
    assertThat(sharing.found()).contains("no attempts, no holders and no dead tasks");
    assertThat(sharing.advice()).contains("docs/python.md");
  }

  @Test
  void nameThatPythonEndsAtIsBad() throws Exception {
    share();
    assertThat(ofPython().get(1).level()).isEqualTo(Level.OK);
    for (String name : List.of("notes.txt", "x--a.json", "0--a--b.json", ".nfs0001")) {
      Path file = Files.writeString(tasks.resolve(name), "x");

      assertThat(ofPython().get(1).level()).as(name).isEqualTo(Level.BAD);
      assertThat(ofPython().get(1).found()).endsWith("such as " + name);
      Files.delete(file);
    }
  }

  @Test
  void nameOfOurOwnFormatInASharedQueueIsBad() throws Exception {
    share();
    Files.move(tasks.resolve("0--a.json"), tasks.resolve("0--a.2.json"));

    assertThat(ofPython().get(1).level()).isEqualTo(Level.BAD);
    assertThat(ofPython().get(1).advice()).startsWith("fq migrate --to python");
  }

  @Test
  void namesOfTasksThatAreGoneAreRemovedAfterADay() throws Exception {
    share();
    Path record = Files.writeString(root.resolve("movement/gone"), "0--gone.json\n");
    Files.setLastModifiedTime(record, FileTime.from(clock.instant().minus(Duration.ofDays(2))));
    Files.setLastModifiedTime(
        root.resolve("movement/a"), FileTime.from(clock.instant().minus(Duration.ofDays(2))));

    assertThat(mended("records").found()).isEqualTo("1 of tasks that are gone; removed");

    assertThat(record).doesNotExist();
    assertThat(root.resolve("movement/a")).exists();
  }

  @Test
  void taskThatPythonIsWritingIsNotBroken() throws Exception {
    share();
    Path half = Files.writeString(tasks.resolve("0--half.json"), "{\"payl");
    Files.setLastModifiedTime(half, FileTime.from(clock.instant()));

    assertThat(mended("bodies").level()).isEqualTo(Level.OK);

    Files.setLastModifiedTime(half, FileTime.from(clock.instant().minusSeconds(61)));
    assertThat(finding("bodies").level()).isEqualTo(Level.BAD);
  }

  @Test
  void nulBytesOfPythonsCounterAreNoHoles() throws Exception {
    share();
    Files.write(root.resolve("completions"), new byte[5]);

    assertThat(finding("counters").level()).isEqualTo(Level.OK);
  }
}
