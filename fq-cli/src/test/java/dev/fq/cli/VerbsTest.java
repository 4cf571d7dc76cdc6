package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each verb prints, how it ends, and what it leaves in the queue. */
class VerbsTest {

  @TempDir private Path directory;
  private Path root;
  private String queue;

  @BeforeEach
  void nameQueue() {
    root = directory.resolve("q");
    queue = root.toString();
  }

  private Path file(String... lines) throws IOException {
    return Files.write(directory.resolve("lines"), List.of(lines));
  }

  /** A file of so many payloads. */
  private Path numbered(int count) throws IOException {
    return file(
        IntStream.rangeClosed(1, count)
            .mapToObj(number -> "{\"n\": " + number + "}")
            .toArray(String[]::new));
  }

  private List<String> payloads() throws Exception {
    try (FileQueue files = FileQueue.at(root).open(OpenMode.EXISTING)) {
      return files.lease(1000, Duration.ofMinutes(5), Duration.ZERO).stream()
          .map(lease -> lease.payload().json())
          .sorted()
          .toList();
    }
  }

  private List<Lease> leaseTwo() throws Exception {
    try (FileQueue files = FileQueue.at(root).open(OpenMode.CREATE)) {
      files.insert(
          List.of(
              NewTask.of(Payload.ofJson("1"), Duration.ZERO),
              NewTask.of(Payload.ofJson("2"), Duration.ZERO)));
      return files.lease(2, Duration.ofMinutes(5), Duration.ZERO);
    }
  }

  private String status() {
    return Fq.run("status", queue, "--json").out();
  }

  // insert

  @Test
  void insertTakesOnePayloadALine() throws Exception {
    Fq insert =
        Fq.run(
            "insert",
            queue,
            file("{\"a\": 1}", "", "[[\"m\", \"f\"], [2], {}, -1]", "  ").toString());

    assertThat(insert).isEqualTo(new Fq(ExitCode.DONE, "inserted 2\n", ""));
    assertThat(payloads()).containsExactly("[[\"m\", \"f\"], [2], {}, -1]", "{\"a\": 1}");
  }

  @Test
  void insertMakesAQueueThatPythonCanShareWhenAsked() throws Exception {
    String shared = root.resolveSibling("shared").toString();

    Fq insert = Fq.run("insert", shared, file("{\"a\": 1}").toString(), "--python");

    assertThat(insert).isEqualTo(new Fq(ExitCode.DONE, "inserted 1\n", ""));
    assertThat(Path.of(shared, "insertions")).hasContent("1");
    try (Stream<Path> names = Files.list(Path.of(shared, "movement"))) {
      assertThat(names).hasSize(1);
    }
    Fq.run("insert", queue, numbered(1).toString());
    assertThat(Fq.run("insert", queue, numbered(1).toString(), "--python").err())
        .endsWith(
            ": this queue is in fq's own format; to share it with python-task-queue, stop its"
                + " workers and turn it with fq migrate --to python\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "\"str\"", "null", "[1, 2]", "[]", "[[\"m\"], [], {}]"})
  void insertRefusesAtOnceWhatNoWorkerCouldReadAsATask(String payload) throws Exception {
    Fq insert = Fq.run("insert", queue, file("{}", payload).toString());

    assertThat(insert.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(insert.err())
        .startsWith("fq: line 2: not a task: expected {…, \"class\": \"NAME\"} or [[\"MODULE\",")
        .endsWith("; 1 task before it was inserted\n")
        .hasLineCount(1);
    assertThat(payloads()).containsExactly("{}");
  }

  @Test
  void insertStopsAtABrokenLineAndSaysWhatWentIn() throws Exception {
    Path file = file("{}", "{}", "{}", "{}", "{}", "{}", "{\"i\": 7", "{}");

    Fq insert = Fq.run("insert", queue, file.toString());

    assertThat(insert.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(insert.err())
        .isEqualTo(
            "fq: line 7: not JSON: Unexpected end-of-input: expected close marker for Object at"
                + " column 8; 6 tasks before it were inserted\n");
    assertThat(payloads()).containsExactly("{}", "{}", "{}", "{}", "{}", "{}");
  }

  @Test
  void idsOfWhatWentInArePrintedThoughTheInsertFailed() throws Exception {
    Fq insert = Fq.run("insert", queue, "--print-ids", file("{}", "{}", "{").toString());

    assertThat(insert.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(insert.err()).contains("; 2 tasks before it were inserted");
    assertThat(insert.out().lines().sorted().toList())
        .isEqualTo(
            Fq.run("list", queue)
                .out()
                .lines()
                .map(line -> line.replaceAll(" .*", ""))
                .sorted()
                .toList())
        .hasSize(2);
  }

  @Test
  void insertWhoseFirstLineIsBrokenInsertsNothing() throws Exception {
    Fq insert = Fq.run("insert", queue, file("{").toString());

    assertThat(insert.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(insert.err()).contains("line 1: not JSON").contains("; nothing was inserted");
    assertThat(payloads()).isEmpty();
  }

  @Test
  void insertRefusesWhatIsNotUtf8() throws Exception {
    Path file =
        Files.write(directory.resolve("latin1"), new byte[] {'{', '}', '\n', '"', (byte) 0xE4});

    Fq insert = Fq.run("insert", queue, file.toString());

    assertThat(insert.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(insert.err()).contains("expected UTF-8");
  }

  @Test
  void insertWithDelayMakesDelayedTasks() throws Exception {
    Fq.run("insert", queue, numbered(1).toString(), "--delay", "10m", "--durable");

    assertThat(status()).contains("\"waiting\":0,\"delayed\":1");
  }

  @Test
  void fileAloneIsInsertedIntoTheQueueOfTheEnvironment() throws Exception {
    Fq insert = Fq.runWith(Map.of("FQ_QUEUE", queue), "insert", numbered(1).toString());

    assertThat(insert.code()).isEqualTo(ExitCode.DONE);
    assertThat(payloads()).containsExactly("{\"n\": 1}");
  }

  @Test
  void missingFileIsOneLine() {
    Fq insert = Fq.run("insert", queue, directory.resolve("nothing").toString());

    assertThat(insert.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(insert.err())
        .isEqualTo("fq: " + directory.resolve("nothing") + ": no such file or directory\n");
    assertThat(root).doesNotExist();
  }

  // submit

  @Test
  void submitInsertsOneCommand() throws Exception {
    Fq submit =
        Fq.run("submit", queue, "--cwd", "/data", "--env", "A=b=c", "--", "sh", "-c", "echo '{}'");

    assertThat(submit.code()).isZero();
    assertThat(submit.out()).matches("inserted 1: [0-9a-f-]{36}\n");
    assertThat(payloads())
        .containsExactly(
            "{\"argv\": [\"sh\", \"-c\", \"echo '{}'\"], \"cwd\": \"/data\","
                + " \"env\": {\"A\": \"b=c\"}, \"class\": \"CommandTask\"}");
  }

  @Test
  void submitEachLineInsertsOneCommandALine() throws Exception {
    Path lines = file("a b", "", "c");

    Fq submit =
        Fq.run("submit", queue, "--each-line", lines.toString(), "--", "cp", "{}", "to/{}.bak");

    assertThat(submit.out()).isEqualTo("inserted 2\n");
    assertThat(payloads())
        .satisfiesExactly(
            one -> assertThat(one).contains("[\"cp\", \"a b\", \"to/a b.bak\"]"),
            two -> assertThat(two).contains("[\"cp\", \"c\", \"to/c.bak\"]"));
  }

  @Test
  void commandRunsInTheDirectoryOfItsSubmitterUnlessToldOtherwise() throws Exception {
    Fq.run("submit", queue, "--", "true");

    assertThat(payloads().get(0)).contains("\"cwd\": \"" + Path.of("").toAbsolutePath() + "\"");
  }

  @Test
  void queueOfTheEnvironmentStandsInForOneBeforeTheCommand() throws Exception {
    Fq submit = Fq.runWith(Map.of("FQ_QUEUE", queue), "submit", "--", "echo", "hi");

    assertThat(submit.code()).isEqualTo(ExitCode.DONE);
    assertThat(payloads().get(0)).contains("[\"echo\", \"hi\"]");
  }

  @Test
  void submitRefusesWhatDoesNotFitTogether() throws Exception {
    assertUsage(Fq.run("submit", queue), "expected a command after --");
    assertUsage(Fq.run("submit", queue, "--"), "expected a command after --");
    assertUsage(Fq.run("submit", queue, "more", "--", "echo"), "found more: more");
    assertUsage(Fq.run("submit", "--", "echo"), "expected a QUEUE");
    assertUsage(
        Fq.run("submit", queue, "--each-line", file("a").toString(), "--", "echo"), "expected {}");
    assertThat(root).doesNotExist();
  }

  @Test
  void submitWithoutDashesSaysWhereTheyBelong() {
    assertUsage(
        Fq.run("submit", queue, "echo", "hi there"),
        "put -- before the command: fq submit " + queue + " -- echo 'hi there'\n");
    assertUsage(
        Fq.run("submit", "--attempts", "2", queue, "submit", "x"),
        "put -- before the command: fq submit --attempts 2 " + queue + " -- submit x\n");
    assertUsage(
        Fq.runWith(Map.of("FQ_QUEUE", queue), "submit", "echo", "hi"),
        "put -- before the command: fq submit -- echo hi\n");
    assertThat(root).doesNotExist();
  }

  private static void assertUsage(Fq fq, String message) {
    assertThat(fq.code()).isEqualTo(ExitCode.USAGE);
    assertThat(fq.err()).startsWith("fq: ").contains(message);
    assertThat(fq.err().lines()).hasSizeLessThanOrEqualTo(3);
  }

  // work

  @Test
  void workRunsCommandsAndEndsWithTheQueue() throws Exception {
    Path out = directory.resolve("out");
    Fq.run("submit", queue, "--", "sh", "-c", "echo done > " + out);

    Fq work = Fq.run("work", queue, "-n", "2", "--exit-on-empty");

    assertThat(work.code()).isEqualTo(ExitCode.DONE);
    assertThat(out).hasContent("done");
    assertThat(status()).contains("\"waiting\":0").contains("\"completed\":1");
  }

  @Test
  void workEndsWith3WhenTasksWentDead() throws Exception {
    Fq.run("submit", queue, "--", "sh", "-c", "echo no such tile >&2; exit 7");

    Fq work = Fq.run("work", queue, "--attempts", "1", "--exit-on-empty");

    assertThat(work.code()).isEqualTo(ExitCode.DEAD);
    assertThat(deadLog()).contains("\"reason\":\"exit code 7\\nno such tile\"");
  }

  private String deadLog() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("dead"))) {
      Path log = files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
      return Files.readString(log);
    }
  }

  @Test
  void workStopsAfterSoManyTasksAndDoesNotCountThemWithoutTally() throws Exception {
    Fq.run("submit", queue, "--each-line", file("a", "b").toString(), "--", "true", "{}");

    assertThat(Fq.run("work", queue, "--max-tasks", "1", "--no-tally").code()).isZero();

    assertThat(status()).contains("\"waiting\":1").contains("\"completed\":0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--slots=0",
        "--attempts=0",
        "--lease=0s",
        "--max-tasks=0",
        "--timeout=0s",
        "--retry-delay=0s",
        "--hard-time-limit=0s",
        "--host-trouble-limit=0"
      })
  void workRefusesSettingsThatMakeNoSense(String option) throws Exception {
    FileQueue.at(root).open(OpenMode.CREATE).close();

    Fq work = Fq.run("work", queue, option);

    assertUsage(work, "expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5 m", "1h30m", "-1s", "m"})
  void durationsAreANumberAndAUnit(String duration) {
    assertUsage(Fq.run("work", queue, "--lease=" + duration), "like 90s or 2h");
  }

  // status

  @Test
  void statusIsReadableForPeople() throws Exception {
    leaseTwo();
    Fq.run("insert", queue, numbered(2).toString());

    assertThat(Fq.run("status", queue).out())
        .isEqualTo(
            """
            Queue      fq://%s
            Inserted   4
            Enqueued   4 (100.0 %% left)
              waiting  2
              delayed  0
              leased   2
            Completed  0
            Dead       0
            """
                .formatted(root));
  }

  @Test
  void statusAsJsonIsOneObject() throws Exception {
    leaseTwo();

    assertThat(status())
        .isEqualTo(
            "{\"queue\":\"fq://"
                + root
                + "\",\"inserted\":2,\"waiting\":0,\"delayed\":0,\"leased\":2,\"dead\":0,"
                + "\"completed\":0,\"gate\":[],\"limit\":null}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "list",
        "peek a",
        "wait",
        "release",
        "rm a",
        "dead list",
        "rezero",
        "purge --yes",
        "bundle",
        "unbundle",
        "doctor",
        "migrate",
        "work --exit-on-empty"
      })
  void verbsThatBringNoTasksMakeNoQueue(String verb) {
    Path root = directory.resolve("typo/nested/q");
    List<String> words = new ArrayList<>(List.of(verb.split(" ")));
    words.add(verb.startsWith("dead") ? 2 : 1, root.toString());

    Fq fq = Fq.run(words.toArray(String[]::new));

    assertThat(fq.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(fq.err())
        .isEqualTo(
            "fq: " + root + ": no queue here; check the path, or insert a task to make one\n");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void workMakesAQueueWhenAsked() {
    assertThat(Fq.run("work", queue, "--create", "--exit-on-empty").code()).isZero();

    assertThat(Fq.run("status", queue).out()).contains("Enqueued   0");
  }

  @Test
  void queueOfTheEnvironmentStandsInForAMissingOne() throws Exception {
    leaseTwo();

    assertThat(Fq.runWith(Map.of("FQ_QUEUE", queue), "status", "--json").out()).isEqualTo(status());
  }

  // wait

  @Test
  void waitEndsAtOnceWhenThereIsNothing() throws Exception {
    FileQueue.at(root).open(OpenMode.CREATE).close();

    assertThat(Fq.run("wait", queue)).isEqualTo(new Fq(ExitCode.DONE, "", ""));
  }

  @Test
  void waitEndsWith4WhenTheTimeIsUp() throws Exception {
    leaseTwo();

    assertThat(Fq.run("wait", queue, "--timeout", "0s").code()).isEqualTo(ExitCode.LIMIT);
  }

  // release

  @Test
  void releaseGivesAllLeasesBack() throws Exception {
    leaseTwo();

    assertThat(Fq.run("release", queue)).isEqualTo(new Fq(ExitCode.DONE, "released 2\n", ""));
    assertThat(status()).contains("\"waiting\":2").contains("\"leased\":0");
  }

  @Test
  void releaseGivesNamedTasksBackAndSaysWhichAreNotLeased() throws Exception {
    TaskId id = leaseTwo().get(0).id();

    Fq release = Fq.run("release", queue, id.value(), "unknown");

    assertThat(release)
        .isEqualTo(new Fq(ExitCode.TROUBLE, "released 1\n", "fq: not leased: unknown\n"));
    assertThat(status()).contains("\"waiting\":1").contains("\"leased\":1");
  }

  @Test
  void releaseGivesBackWhatAHostHolds() throws Exception {
    leaseTwo();
    Path mine;
    try (Stream<Path> files = Files.list(root.resolve("queue"))) {
      mine = files.findFirst().orElseThrow();
    }
    String other = mine.getFileName().toString().replaceFirst("\\.1\\..*-(\\d+)-", ".1.node12-$1-");
    Files.move(mine, mine.resolveSibling(other));

    assertThat(Fq.run("release", queue, "--host", "node12").out()).isEqualTo("released 1\n");
    assertThat(Fq.run("release", queue, "--host", "node12").out()).isEqualTo("released 0\n");
  }

  @Test
  void idAloneIsReleasedInTheQueueOfTheEnvironment() throws Exception {
    TaskId id = leaseTwo().get(0).id();

    Fq release = Fq.runWith(Map.of("FQ_QUEUE", queue), "release", id.value());

    assertThat(release.out()).isEqualTo("released 1\n");
  }

  @Test
  void releaseRefusesIdsTogetherWithAHost() throws Exception {
    leaseTwo();

    assertUsage(Fq.run("release", queue, "a", "--host", "b"), "either IDs or --host");
    assertUsage(Fq.run("release", queue, "no/id"), "found \"no/id\"");
  }

  // the command as a whole

  @Test
  void everyVerbHasHelpWithExamples() {
    Set<String> verbs = new TreeSet<>(Main.commandLine(Map.of()).getSubcommands().keySet());
    for (String verb : verbs) {
      Fq help = Fq.run("help", verb);

      assertThat(help.code()).isZero();
      assertThat(help.out()).as(verb).contains("Usage: fq " + verb).contains("Examples:\n  fq ");
      assertThat(help.out().split("\n  [a-z].*fq " + verb + "|\n  fq " + verb, -1))
          .as("two examples of %s", verb)
          .hasSizeGreaterThanOrEqualTo(3);
      assertThat(Fq.run(verb, "--help").out()).isEqualTo(help.out());
    }
  }

  @Test
  void unknownVerbSuggestsTheNearest() {
    assertUsage(Fq.run("stauts"), "unknown verb \"stauts\"; did you mean status?");
    assertUsage(Fq.run("wok", "./q"), "unknown verb \"wok\"; did you mean work?");
    assertThat(Fq.run("frobnicate").err()).startsWith("fq: unknown verb \"frobnicate\"\n");
  }

  @Test
  void unknownOptionIsRefused() {
    assertUsage(Fq.run("status", queue, "--jsn"), "--jsn");
  }

  @Test
  void noVerbIsAUsageError() {
    assertUsage(Fq.run(), "expected a verb: demo, insert");
  }

  @Test
  void versionIsThatOfTheBuild() {
    assertThat(Fq.run("--version").out()).matches("(?s)fq \\d+\\.\\d+\\.\\d+.*\nJava .*");
    assertThat(Fq.run("version").out()).isEqualTo(Fq.run("--version").out());
  }

  @Test
  void unknownSchemeListsTheKnown() {
    assertUsage(
        Fq.run("status", "ftp://x"),
        "unknown scheme \"ftp\"; known are fq, http, https, mem, pubsub, sqs");
  }

  @Test
  void stackTraceComesOnlyWhenAskedFor() {
    assertThat(Fq.run("status", queue).err()).doesNotContain("\tat ");
    assertThat(Fq.run("status", queue, "--verbose").err()).contains("\tat dev.fq");
  }

  // mv, cp, dead

  private void insertThree() throws IOException {
    assertThat(Fq.run("insert", queue, numbered(3).toString()).code()).isZero();
  }

  @Test
  void mvMovesWhatIsWaiting() throws Exception {
    insertThree();
    String other = directory.resolve("other").toString();

    assertThat(Fq.run("mv", queue, other)).isEqualTo(new Fq(ExitCode.DONE, "moved 3\n", ""));

    assertThat(payloads()).isEmpty();
    assertThat(Fq.run("status", other, "--json").out()).contains("\"waiting\":3");
  }

  @Test
  void cpCopiesAndLeavesTheFirst() throws Exception {
    insertThree();
    String other = directory.resolve("other").toString();

    assertThat(Fq.run("cp", queue, other)).isEqualTo(new Fq(ExitCode.DONE, "copied 3\n", ""));

    assertThat(payloads()).containsExactly("{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}");
    assertThat(Fq.run("status", other, "--json").out()).contains("\"waiting\":3");
  }

  @Test
  void transferRefusesAQueueThatIsMissingOrTheSame() throws Exception {
    insertThree();

    assertThat(Fq.run("mv", directory.resolve("none").toString(), queue).code())
        .isEqualTo(ExitCode.TROUBLE);
    assertThat(Fq.run("cp", queue, queue).err()).contains("expected another queue");
  }

  private List<TaskId> giveUpTwo() throws Exception {
    List<Lease> leases = leaseTwo();
    try (FileQueue files = FileQueue.at(root).open(OpenMode.EXISTING)) {
      for (Lease lease : leases) {
        files.giveUp(lease, "no such tile\nat line 2");
      }
    }
    return leases.stream().map(Lease::id).sorted().toList();
  }

  @Test
  void deadListShowsReasons() throws Exception {
    List<TaskId> ids = giveUpTwo();

    Fq list = Fq.run("dead", "list", queue);

    assertThat(list.code()).isZero();
    assertThat(list.out().lines().sorted())
        .satisfiesExactly(
            one ->
                assertThat(one)
                    .startsWith(ids.get(0) + "  attempt 1 on ")
                    .endsWith(": no such tile"),
            two -> assertThat(two).startsWith(ids.get(1) + "  attempt 1 on "));
    assertThat(Fq.run("dead", "list", queue, ids.get(1).value()).out()).hasLineCount(1);
  }

  @Test
  void deadRetryAndPurgeTakeThoseNamedOrAll() throws Exception {
    List<TaskId> ids = giveUpTwo();

    assertThat(Fq.run("dead", "retry", queue, ids.get(0).value()).out()).isEqualTo("retried 1\n");
    assertThat(payloads()).hasSize(1);
    Fq unknown = Fq.run("dead", "purge", queue, ids.get(0).value());
    assertThat(unknown)
        .isEqualTo(new Fq(ExitCode.TROUBLE, "purged 0\n", "fq: not dead: " + ids.get(0) + "\n"));
    assertThat(Fq.run("dead", "purge", queue).out()).isEqualTo("purged 1\n");
    assertThat(Fq.run("dead", "list", queue).out()).isEmpty();
    assertUsage(Fq.run("dead", "bury", queue), "expected one of");
  }

  @Test
  void settingsOfServicesAreRefusedForAFileQueue() {
    assertUsage(Fq.run("status", queue, "--region", "eu-west-1"), "unknown option \"region\"");
  }

  @Test
  void pubSubQueueWithoutAServerIsOneLine() {
    Fq status =
        Fq.run(
            "status",
            "pubsub://projects/lab/topics/tiles/subscriptions/workers",
            "--endpoint",
            "http://127.0.0.1:1");

    assertThat(status.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(status.err())
        .startsWith("fq: pubsub://projects/lab/topics/tiles/subscriptions/workers: Pub/Sub answers")
        .hasLineCount(1);
  }

  @Test
  void sqsQueueWithoutAServerIsOneLine() {
    Fq status = Fq.run("status", "sqs://tiles", "--endpoint", "http://127.0.0.1:1");

    assertThat(status.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(status.err()).startsWith("fq: sqs://tiles: ").hasLineCount(1);
  }
}
