package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskId;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs of those who look at a queue and set it right. */
class OperatorVerbsTest {

  private static final TaskId WAITING = new TaskId("waiting-one");
  private static final TaskId DELAYED = new TaskId("delayed-one");
  private static final TaskId LEASED = new TaskId("leased-one");
  private static final TaskId DEAD = new TaskId("dead-one");

  @TempDir private Path directory;
  private Path root;
  private String queue;
  private Lease lease;

  /** One task in each state. */
  @BeforeEach
  void fill() throws Exception {
    root = directory.resolve("q");
    queue = root.toString();
    try (FileQueue files = FileQueue.at(root).open(OpenMode.CREATE)) {
      files.insert(List.of(task(DEAD, Duration.ZERO)));
      files.giveUp(leaseOne(files), "no such tile\nat all");
      files.insert(List.of(task(LEASED, Duration.ZERO)));
      lease = leaseOne(files);
      files.insert(List.of(task(WAITING, Duration.ZERO), task(DELAYED, Duration.ofDays(1))));
    }
  }

  private static Lease leaseOne(FileQueue files) throws Exception {
    return files.lease(1, Duration.ofMinutes(5), Duration.ZERO).get(0);
  }

  private static NewTask task(TaskId id, Duration delay) throws Exception {
    return new NewTask(id, Payload.ofJson("{\"name\": \"" + id + "\"}"), delay);
  }

  private String status() {
    return Fq.run("status", queue, "--json").out().replaceFirst(".*\"inserted\"", "\"inserted\"");
  }

  @Test
  void listShowsEachTaskInAlignedColumns() {
    Fq list = Fq.run("list", queue);

    assertThat(list.code()).isEqualTo(ExitCode.DONE);
    assertThat(
            list.out()
                .lines()
                .map(line -> line.replaceAll("20\\d\\d-[^ ]*Z", "TIME                ")))
        .containsExactlyInAnyOrder(
            "waiting-one                           waiting        0  -                     "
                + what("-", "{\"name\": \"waiting-one\"}"),
            "delayed-one                           delayed        0  TIME                  "
                + what("-", "{\"name\": \"delayed-one\"}"),
            "leased-one                            leased         1  TIME                  "
                + what(holder(), "{\"name\": \"leased-one\"}"),
            "dead-one                              dead           -  -                     "
                + what("-", "{\"name\": \"dead-one\"}"));
  }

  private static String what(String holder, String task) {
    return "%-24s  %s".formatted(holder, task);
  }

  @Test
  void listShowsTheCommandOrTheTypeOfATask() {
    Fq.run("submit", queue, "--", "./step", "7");

    assertThat(Fq.run("list", queue, "--type", "CommandTask").out())
        .contains("  ./step 7\n")
        .hasLineCount(1);
    assertThat(Fq.run("list", queue, "--type", "CommandTask", "--json").out())
        .endsWith(",\"type\":\"CommandTask\",\"command\":\"./step 7\"}\n");
    assertThat(Fq.run("list", queue, "--type", "Tile").out()).isEmpty();
  }

  @Test
  void listShowsWhatMatches() {
    assertThat(Fq.run("list", queue, "--grep", "(dead|wait).*-one").out()).hasLineCount(2);
    assertThat(Fq.run("list", queue, "--grep", "(").err())
        .contains("expected a regular expression");
  }

  @Test
  void listShowsWhatWasMadeLongAgoAsFarAsIdsTell() throws Exception {
    TaskId old = new TaskId("00000000-0000-7000-8000-000000000000");
    TaskId young = TaskId.next();
    try (FileQueue files = FileQueue.at(root).open(OpenMode.EXISTING)) {
      files.insert(List.of(task(old, Duration.ZERO), task(young, Duration.ZERO)));
    }

    assertThat(Fq.run("list", queue, "--older", "1000d").out())
        .startsWith("" + old)
        .hasLineCount(1);
    assertThat(Fq.run("list", queue, "--older", "0s").out()).hasLineCount(2);
  }

  @Test
  void shortListReadsNoTask() {
    assertThat(Fq.run("list", queue, "--short", "--state", "waiting").out())
        .isEqualTo(
            "waiting-one                           waiting        0  -                     -\n");
    assertThat(Fq.run("list", queue, "--short", "--grep", "x").err())
        .contains("expected neither --type nor --grep");
  }

  private String holder() {
    return lease.receipt().replaceFirst("\\d+--leased-one\\.1\\.(.*)\\.json", "$1");
  }

  @Test
  void listShowsOnlyTheStatesAskedFor() {
    assertThat(Fq.run("list", queue, "--state", "leased,dead").out().lines())
        .hasSize(2)
        .noneMatch(line -> line.contains("waiting"));
  }

  @Test
  void listShowsWhatAHostHolds() {
    String host = holder().replaceFirst("-\\d+-[^-]*$", "");

    assertThat(Fq.run("list", queue, "--host", host).out())
        .startsWith("leased-one ")
        .hasLineCount(1);
    assertThat(Fq.run("list", queue, "--host", host + "x").out()).isEmpty();
  }

  @Test
  void listShowsAtMostTheLimit() {
    assertThat(Fq.run("list", queue, "--limit", "3").out().lines()).hasSize(3);
    assertThat(Fq.run("list", queue, "--limit", "-1").err())
        .startsWith("fq: --limit: expected 0 or more, found -1\n");
  }

  @Test
  void listAsJsonIsAnObjectALine() {
    assertThat(Fq.run("list", queue, "--state", "leased", "--json").out())
        .isEqualTo(
            "{\"id\":\"leased-one\",\"state\":\"leased\",\"attempt\":1,\"due\":\"%s\",\"holder\":\"%s\",\"type\":null,\"command\":null}\n"
                .formatted(Printable.time(lease.deadline()), holder()));
    assertThat(Fq.run("list", queue, "--state", "waiting", "--json").out())
        .isEqualTo(
            "{\"id\":\"waiting-one\",\"state\":\"waiting\",\"attempt\":0,\"due\":null,\"holder\":null,\"type\":null,\"command\":null}\n");
  }

  @Test
  void outputEndsWhenNobodyReadsIt() {
    AtomicInteger writes = new AtomicInteger();
    Writer closedPipe =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws java.io.IOException {
            writes.incrementAndGet();
            throw new java.io.IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Output output = new Output(new PrintWriter(closedPipe));

    while (output.isRead()) {
      output.line("a line");
    }

    assertThat(writes).hasValue(1);
  }

  @Test
  void linesBeforeAFailureAreWrittenToo() {
    Fq submit =
        Fq.run("submit", queue, "--dry-run", "--", "echo", "{}", ":::", "a", "b".repeat(200_000));

    assertThat(submit.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(submit.out()).isEqualTo("echo a\n");
    assertThat(submit.err()).startsWith("fq: input 2: expected arguments of at most ");
  }

  @Test
  void peekShowsAPayloadAndHowItFailed() {
    Fq peek = Fq.run("peek", queue, "dead-one");

    assertThat(peek.code()).isEqualTo(ExitCode.DONE);
    assertThat(peek.out().replaceAll(" on .* at 20\\d\\d-.*Z", " on HOST at TIME"))
        .isEqualTo(
            """
            Id        dead-one
            State     dead
            Payload   {"name": "dead-one"}
            Failure   attempt 1 on HOST at TIME
              no such tile
              at all
            """);
  }

  @Test
  void peekShowsACommandAsAShellTakesIt() throws Exception {
    Files.writeString(
        root.resolve("queue/0--command.json"),
        "{\"payload\": {\"argv\": [\"grep\", \"it's\", \"a b\"], \"cwd\": \"/data\","
            + " \"env\": {\"LANG\": \"C\", \"X\": \"\"}, \"class\": \"CommandTask\"},"
            + " \"limits\": {\"attempts\": 3, \"timeoutSeconds\": 90}}");
    Files.writeString(
        root.resolve("queue/0--broken.json"),
        "{\"payload\": {\"argv\": [], \"class\": \"CommandTask\"}}");

    assertThat(Fq.run("peek", queue, "command").out())
        .isEqualTo(
            """
            Id        command
            State     waiting
            Command   grep 'it'\\''s' 'a b'
            Directory /data
            Variable  LANG=C
            Variable  X=
            Limits    attempts: 3, timeout: 1m 30s
            """);
    assertThat(Fq.run("peek", queue, "broken").out())
        .contains("Payload   {\"argv\": [], \"class\": \"CommandTask\"}");
  }

  @Test
  void peekShowsWhoHoldsATaskAndUntilWhen() {
    assertThat(Fq.run("peek", queue, "leased-one").out())
        .isEqualTo(
            """
            Id        leased-one
            State     leased
            Attempt   1
            Due       %s
            Holder    %s
            Payload   {"name": "leased-one"}
            """
                .formatted(Printable.time(lease.deadline()), holder()));
  }

  @Test
  void peekAsJsonKeepsThePayloadAsItIs() {
    assertThat(Fq.run("peek", queue, "dead-one", "--json").out())
        .startsWith("{\"id\":\"dead-one\",\"state\":\"dead\",")
        .contains(
            "\"payload\":{\"name\": \"dead-one\"},\"limits\":{},\"failures\":[{\"attempt\":1,")
        .endsWith("\"reason\":\"no such tile\\nat all\",\"counted\":true}]}\n");
  }

  @Test
  void peekShowsSeveralTasksAndSaysWhichAreNotThere() {
    Fq peek = Fq.run("peek", queue, "dead-one", "another", "waiting-one");

    assertThat(peek.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(peek.out().lines().filter(line -> line.startsWith("Id") || line.isEmpty()))
        .containsExactly("Id        dead-one", "", "Id        waiting-one");
    assertThat(peek.err()).isEqualTo("fq: not in the queue: another\n");
    assertThat(Fq.run("peek", queue, "dead-one", "waiting-one", "--json").out()).hasLineCount(2);
  }

  @Test
  void peekSaysWhenATaskCannotBeRead() throws Exception {
    Files.writeString(root.resolve("queue/0--waiting-one.json"), "{");

    assertThat(Fq.run("peek", queue, "waiting-one").out()).contains("Payload   cannot be read: ");
    assertThat(Fq.run("peek", queue, "waiting-one", "--json").out()).contains("\"payload\":null");
  }

  @Test
  void peekAtATaskThatIsNotThereIsOneLine() {
    assertThat(Fq.run("peek", queue, "another"))
        .isEqualTo(new Fq(ExitCode.TROUBLE, "", "fq: not in the queue: another\n"));
  }

  @Test
  void peekWantsAnId() {
    assertThat(Fq.run("peek", queue).err())
        .startsWith("fq: expected the ID of a task, found none\n");
    assertThat(Fq.run("peek", queue, "a/b").err())
        .startsWith("fq: expected the id of a task, 1 to 64 of A-Z a-z 0-9 - _, found \"a/b\"\n");
  }

  @Test
  void peekTakesTheQueueOfTheEnvironmentWhenTheIdIsAUuid() throws Exception {
    String id = "01a20c14-605a-728f-8d07-778cf65eeacb";
    try (FileQueue files = FileQueue.at(root).open(OpenMode.EXISTING)) {
      files.insert(List.of(task(new TaskId(id), Duration.ZERO)));
    }

    assertThat(Fq.runWith(Map.of("FQ_QUEUE", queue), "peek", id).out()).contains("State     wait");
  }

  @Test
  void deadTasksOfTheEnvironmentsQueueAreNamedByUuid() {
    String id = "01a20c14-605a-728f-8d07-778cf65eeacb";

    assertThat(Fq.runWith(Map.of("FQ_QUEUE", queue), "dead", "retry", id))
        .isEqualTo(new Fq(ExitCode.TROUBLE, "retried 0\n", "fq: not dead: " + id + "\n"));
  }

  private void giveUp(String id, String reason) throws Exception {
    try (FileQueue files = FileQueue.at(root).open(OpenMode.EXISTING)) {
      files.insert(List.of(task(new TaskId(id), Duration.ZERO)));
      files.giveUp(files.lease(Set.of(new TaskId(id)), Duration.ofMinutes(5)).get(0), reason);
    }
  }

  @Test
  void deadTasksAreGroupedByReasonsThatAreAlike() throws Exception {
    giveUp("d1", "cannot read /data/a/1.tif: timeout after 20 s");
    giveUp("d2", "cannot read /data/b/c/22.tif: timeout after 7 s\nand more");
    giveUp("d3", "exit code 137");

    Fq groups = Fq.run("dead", "list", queue, "--group");

    assertThat(groups.code()).isEqualTo(ExitCode.DONE);
    assertThat(groups.out().replaceAll("d[12]", "dX"))
        .isEqualTo(
            """
               TASKS  SUCH AS                               REASON
                   2  dX                                    cannot read …/N.tif: timeout after N s
                   1  d3                                    exit code 137
                   1  dead-one                              no such tile
            """);
  }

  @Test
  void deadTasksArePickedByWhatTheySayAndWhyTheyDied() throws Exception {
    giveUp("d1", "No space left on device");
    giveUp("d2", "No space left on device");

    assertThat(Fq.run("dead", "list", queue, "--grep", "no such tile").out())
        .startsWith("dead-one ")
        .hasLineCount(1);
    assertThat(Fq.run("dead", "list", queue, "--grep", "\"d[1]\"").out())
        .startsWith("d1 ")
        .hasLineCount(1);
    assertThat(Fq.run("dead", "retry", queue, "--grep", "No space"))
        .isEqualTo(new Fq(ExitCode.DONE, "retried 2\n", ""));
    assertThat(Fq.run("dead", "purge", queue, "--grep", "No space").out()).isEqualTo("purged 0\n");
    assertThat(Fq.run("dead", "retry", queue, "--group").err()).contains("expected with list only");
  }

  @Test
  void deadListAsJsonIsAnObjectALine() {
    assertThat(Fq.run("dead", "list", queue, "--json").out())
        .isEqualTo(Fq.run("peek", queue, "dead-one", "--json").out());
    assertThat(Fq.run("dead", "purge", queue, "--json").err())
        .startsWith("fq: --json: expected with list only\n");
    assertThat(Fq.run("dead", "list", queue, "--json", "--by-host").err())
        .startsWith("fq: expected either --by-host or --json, found both\n");
  }

  @Test
  void timesAreToldToTheSecondByEveryVerb() {
    String due = "\\b20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    String[][] commands = {
      {"list"},
      {"list", "--json"},
      {"peek", "leased-one"},
      {"peek", "leased-one", "--json"},
      {"peek", "dead-one"},
      {"peek", "dead-one", "--json"}
    };
    for (String[] command : commands) {
      List<String> words = new ArrayList<>(List.of(command));
      words.add(1, queue);
      String out = Fq.run(words.toArray(String[]::new)).out();
      assertThat(out).as("%s", words).containsPattern(due).doesNotContainPattern("\\d\\.\\d+Z");
    }
    assertThat(Fq.run("dead", "list", queue).out()).containsPattern(" at " + due + ": no such");
    assertThat(Fq.run("dead", "list", queue, "--json").out()).containsPattern(due + "\"");
  }

  @Test
  void rmRemovesTheNamedTasksAndSaysWhichAreNotThere() {
    assertThat(Fq.run("rm", queue, "waiting-one", "leased-one"))
        .isEqualTo(new Fq(ExitCode.DONE, "removed 2\n", ""));
    assertThat(Fq.run("rm", queue, "delayed-one", "another", "dead-one"))
        .isEqualTo(
            new Fq(
                ExitCode.TROUBLE,
                "removed 1\n",
                """
                fq: not waiting, delayed or leased: another
                fq: not waiting, delayed or leased: dead-one
                """));

    assertThat(status())
        .isEqualTo(
            "\"inserted\":4,\"waiting\":0,\"delayed\":0,\"leased\":0,\"dead\":1,\"completed\":0,\"gate\":[],\"limit\":null}\n");
  }

  @Test
  void rmRemovesTheTasksWhosePayloadsMatch() {
    assertThat(Fq.run("rm", queue, "--grep", "\"(delayed|dead)-").err())
        .startsWith("fq: expected --yes, since there is no terminal");
    assertThat(Fq.run("rm", queue, "--grep", "\"(delayed|dead)-", "--yes"))
        .isEqualTo(new Fq(ExitCode.DONE, "removed 1\n", ""));
    assertThat(Fq.run("rm", queue, "--grep", "nothing has this"))
        .isEqualTo(new Fq(ExitCode.DONE, "removed 0\n", ""));

    assertThat(status()).contains("\"waiting\":1,\"delayed\":0,\"leased\":1,\"dead\":1,");
  }

  @Test
  void rmRefusesWhatDoesNotFitTogether() {
    assertThat(Fq.run("rm", queue).err())
        .startsWith("fq: expected either IDs or --grep, found none\n");
    assertThat(Fq.run("rm", queue, "waiting-one", "--grep", "x").err())
        .startsWith("fq: expected either IDs or --grep, found both\n");
    assertThat(Fq.run("rm", queue, "--grep", "(").err())
        .contains("expected a regular expression, found \"(\"");
    assertThat(Fq.run("rm", "sqs://tiles?endpoint=http://127.0.0.1:1", "a").code())
        .isEqualTo(ExitCode.TROUBLE);
    assertThat(status()).contains("\"waiting\":1,\"delayed\":1,\"leased\":1,");
  }

  @Test
  void rezeroSetsTheCountsToZeroAndLeavesTheTasks() {
    assertThat(Fq.run("rezero", queue)).isEqualTo(new Fq(ExitCode.DONE, "", ""));

    assertThat(status())
        .isEqualTo(
            "\"inserted\":0,\"waiting\":1,\"delayed\":1,\"leased\":1,\"dead\":1,\"completed\":0,\"gate\":[],\"limit\":null}\n");
  }

  @Test
  void purgeRemovesAllButTheDead() {
    assertThat(Fq.run("purge", queue, "--yes")).isEqualTo(new Fq(0, "removed 3\n", ""));

    assertThat(status()).contains("\"waiting\":0,\"delayed\":0,\"leased\":0,\"dead\":1,");
  }

  @Test
  void purgeRemovesNothingWhenNobodyCanBeAsked() {
    Fq purge = Fq.run("purge", queue);

    assertThat(purge.code()).isEqualTo(ExitCode.USAGE);
    assertThat(purge.err()).startsWith("fq: expected --yes, since there is no terminal");
    assertThat(status()).contains("\"waiting\":1,\"delayed\":1,\"leased\":1,");
  }

  @Test
  void nativePurgeOfAFileQueueIsRefused() {
    Fq purge = Fq.run("purge", queue, "--yes", "--native-purge");

    assertThat(purge.code()).isEqualTo(ExitCode.USAGE);
    assertThat(purge.err()).startsWith("fq: ").contains("nativePurge");
    assertThat(status()).contains("\"waiting\":1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completionKnowsEveryVerb(String shell) {
    Fq completion = Fq.run("completion", shell);

    assertThat(completion.code()).isEqualTo(ExitCode.DONE);
    assertThat(completion.out()).contains(Main.commandLine(Map.of()).getSubcommands().keySet());
  }

  @Test
  void fishCompletesOptionsOfAVerbWithWhatTheyMean() {
    assertThat(Fq.run("completion", "fish").out())
        .contains(
            "complete -c fq -n '__fish_seen_subcommand_from purge' -s y -l yes -d 'Do not ask'\n")
        .contains("-l state -r -a 'waiting delayed leased dead' -d 'Only these'\n");
  }

  @Test
  void licenseNamesThoseOfTheLibrariesToo() {
    assertThat(Fq.run("license").out()).contains("Apache License", "jackson-databind", "picocli");
  }

  @Test
  void doctorSaysALineForEachThingAndEndsWithOneWhenSomethingIsBad() throws Exception {
    Fq healthy = Fq.run("doctor", queue);
    Files.writeString(root.resolve("queue/0--bad.json"), "{");
    Fq sick = Fq.run("doctor", queue);
    Fq mended = Fq.run("doctor", queue, "--fix");

    assertThat(healthy.code()).isEqualTo(ExitCode.DONE);
    assertThat(healthy.out())
        .contains(
            "ok    rename       200 files, each won by one of 2 threads and 2 processes\n",
            "warn  dead         dead tasks: 1; fq dead list says why\n");
    assertThat(sick.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(sick.out()).contains("bad   bodies       4 of 4 tasks read, 1 broken");
    assertThat(mended.code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void doctorAsJsonIsAnArrayOfFindings() throws Exception {
    String json = Fq.run("doctor", queue, "--json").out();

    assertThat(Payload.ofJson(json.strip()).json()).startsWith("[{\"check\":\"directories\",");
    assertThat(json).contains("{\"check\":\"names\",\"level\":\"ok\",");
  }

  @Test
  void doctorExaminesFileQueuesOnly() {
    assertThat(Fq.run("doctor", "sqs://tiles").err())
        .contains("expected a file queue; others have no place to examine");
  }

  @Test
  void migrationWantsNothingLeased() {
    Fq migrate = Fq.run("migrate", queue, "--to", "python");

    assertThat(migrate.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(migrate.err())
        .startsWith("fq: " + queue + ": 1 tasks are leased, such as leased-one by ")
        .endsWith(
            "; stop all workers, give back what a killed one held with fq release, and try"
                + " again\n");
    assertThat(root.resolve("movement")).doesNotExist();
  }

  @Test
  void queueIsTurnedIntoPythonsFormatAndBack() {
    Fq.run("release", queue);
    String before = status();

    assertThat(Fq.run("migrate", queue, "--to", "python"))
        .isEqualTo(
            new Fq(ExitCode.DONE, "renamed 1; it is in python-task-queue's format now\n", ""));
    assertThat(status()).isEqualTo(before);
    assertThat(root.resolve("movement/leased-one")).exists();
    assertThat(root.resolve("queue/0--leased-one.json")).exists();

    // The task was only released: it has used up no attempt, and its name says no more.
    assertThat(Fq.run("migrate", queue))
        .isEqualTo(new Fq(ExitCode.DONE, "renamed 0; it is in fq's own format now\n", ""));
    assertThat(status()).isEqualTo(before);
    assertThat(root.resolve("movement")).doesNotExist();
    assertThat(root.resolve("queue/0--leased-one.json")).exists();
    assertThat(Fq.run("migrate", queue))
        .isEqualTo(new Fq(ExitCode.DONE, "renamed 0; it is in fq's own format now\n", ""));
  }

  @Test
  void migrationIsForFileQueuesOnly() {
    assertThat(Fq.run("migrate", "sqs://tiles").err())
        .isEqualTo("fq: sqs://tiles: expected a file queue; others have one format\n");
  }

  @Test
  void doctorSaysWhatAQueueThatIsSharedWithPythonCannotDo() {
    Fq.run("release", queue);
    Fq.run("migrate", queue, "--to", "python");

    Fq doctor = Fq.run("doctor", queue);

    assertThat(doctor.code()).isEqualTo(ExitCode.DONE);
    assertThat(doctor.out())
        .contains(
            "warn  python       shared with python-task-queue: ",
            "ok    plain names  python-task-queue can read all names in queue/\n");
  }
}
