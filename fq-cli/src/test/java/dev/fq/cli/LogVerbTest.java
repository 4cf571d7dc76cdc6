package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.WorkerBuilder;
import dev.fq.file.FileQueue;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Keep;
import dev.fq.spi.OutputLog.Limits;
import dev.fq.spi.OutputLog.Sink;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks wrote, kept by workers and printed by the command. */
class LogVerbTest {

  private static final Instant START = Instant.parse("2026-11-27T08:00:00Z");

  @TempDir private Path directory;

  private String queue() {
    return directory.resolve("q").toString();
  }

  /** A shell script as a task. */
  private void submit(String id, String script) throws IOException {
    try (FileQueue tasks = FileQueue.at(directory.resolve("q")).open(OpenMode.CREATE)) {
      Payload payload =
          Payload.ofJson(
              "{\"argv\": [\"sh\", \"-c\", \"%s\"], \"class\": \"CommandTask\"}".formatted(script));
      tasks.insert(List.of(new NewTask(new TaskId(id), payload, Duration.ZERO)));
    }
  }

  private void work(String... options) {
    Stream<String> words =
        Stream.concat(
            Stream.of("work", queue(), "--exit-on-empty", "--attempts", "1"), Stream.of(options));
    Fq.run(words.toArray(String[]::new));
  }

  private Fq log(String... options) {
    return Fq.run(
        Stream.concat(Stream.of("log", queue()), Stream.of(options)).toArray(String[]::new));
  }

  @Test
  void outputAndErrorsArePrintedAsTheTaskWroteThem() throws Exception {
    submit("a", "printf 'one\\\\r two'; printf 'oh' >&2");

    work("--output", "all");

    assertThat(log("a")).isEqualTo(new Fq(ExitCode.DONE, "one\r two", ""));
    assertThat(log("a", "--stderr")).isEqualTo(new Fq(ExitCode.DONE, "oh", ""));
  }

  @Test
  void onlyFailuresAreKeptWhereOnlyTheyAreWanted() throws Exception {
    submit("good", "echo fine");
    submit("bad", "echo oh no; exit 3");

    work("--output", "failed");

    assertThat(log("bad")).isEqualTo(new Fq(ExitCode.DONE, "oh no\n", ""));
    assertThat(log("good"))
        .isEqualTo(new Fq(ExitCode.TROUBLE, "", "fq: no output of task good is kept\n"));
  }

  @Test
  void nothingIsKeptUnlessItIsWanted() throws Exception {
    submit("a", "echo fine");

    work();

    assertThat(directory.resolve("q/output")).doesNotExist();
    assertThat(log("a", "--attempt", "2").err())
        .isEqualTo("fq: no output of attempt 2 at task a is kept\n");
  }

  @Test
  void bytesThatAreNotKeptAreCounted() throws Exception {
    submit("a", "printf abcdefghijklmnopqrstuvwxyz");

    work("--output", "all", "--output-limit", "10");

    assertThat(log("a"))
        .isEqualTo(
            new Fq(
                ExitCode.DONE,
                "abcdevwxyz",
                "fq: 16 bytes are not kept here (fq work --output-limit)\n"));
  }

  @Test
  void attemptIsChosenByItsNumber() throws Exception {
    submit("a", "echo attempt $FQ_ATTEMPT; exit 1");
    Fq.run(
        "work",
        queue(),
        "--exit-on-empty",
        "--attempts",
        "2",
        "--retry-delay",
        "1s",
        "--output",
        "all");

    assertThat(log("a").out()).isEqualTo("attempt 2\n");
    assertThat(log("a", "--attempt", "1").out()).isEqualTo("attempt 1\n");
    assertThat(log("a", "--attempt", "3").code()).isEqualTo(ExitCode.TROUBLE);
  }

  @Test
  void directoryBesideTheQueueIsWrittenAndRead() throws Exception {
    submit("a", "echo there");
    String kept = directory.resolve("kept").toString();

    work("--output", "all", "--output-dir", kept);

    assertThat(directory.resolve("q/output")).doesNotExist();
    assertThat(log("a", "--output-dir", kept).out()).isEqualTo("there\n");
  }

  @Test
  void runningTaskIsFollowedToItsEnd() throws Exception {
    Path go = directory.resolve("go");
    submit("a", "echo begun; until [ -e %s ]; do sleep 0.05; done; printf ended".formatted(go));
    CompletableFuture<Void> worker = CompletableFuture.runAsync(() -> work("--output", "all"));
    CompletableFuture<Fq> follower = CompletableFuture.supplyAsync(() -> log("a", "--follow"));
    while (!log("a").out().equals("begun\n")) {
      Thread.onSpinWait();
    }

    Files.createFile(go);

    assertThat(follower.join()).isEqualTo(new Fq(ExitCode.DONE, "begun\nended", ""));
    worker.join();
  }

  /** Its worker was killed: the attempt never gets an end. */
  @Test
  void followingEndsWhenNobodyWorksOnTheTask() throws Exception {
    submit("a", "true");
    try (FileQueue tasks = FileQueue.at(directory.resolve("q")).open(OpenMode.EXISTING)) {
      OutputLog.Writer writer = tasks.output().orElseThrow().writer(Keep.ALL, Limits.DEFAULT);
      Sink sink = writer.begin(new TaskId("a"), 1, START);
      sink.stream(Channel.OUT).write("half".getBytes(StandardCharsets.UTF_8));
      writer.close();
    }

    assertThat(log("a", "--follow")).isEqualTo(new Fq(ExitCode.DONE, "half", ""));
  }

  @Test
  void outputThatIsOldIsPrunedWithOutcomes() throws Exception {
    submit("a", "echo old");
    work("--output", "all", "--record");
    for (String part : List.of("output", "outcomes")) {
      try (Stream<Path> files = Files.list(directory.resolve("q").resolve(part))) {
        for (Path file : files.toList()) {
          Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        }
      }
    }

    assertThat(Fq.run("history", queue(), "--prune", "30d").out()).isEqualTo("removed 3\n");

    assertThat(log("a").code()).isEqualTo(ExitCode.TROUBLE);
  }

  @Test
  void outputOfATaskInJavaIsKept() throws Exception {
    submit("a", "true");
    try (FileQueue tasks = FileQueue.at(directory.resolve("q")).open(OpenMode.EXISTING)) {
      OutputLog output = tasks.output().orElseThrow();
      WorkerBuilder.of(
              tasks,
              context -> {
                context.out().println("said");
                context.out().print("and more");
                context.err().println("warned");
              })
          .keepOutput(Keep.ALL, output)
          .exitOnEmpty(true)
          .build()
          .run();
    }

    assertThat(log("a").out()).isEqualTo("said\nand more");
    assertThat(log("a", "--stderr").out()).isEqualTo("warned\n");
  }

  /** Else a worker would keep nothing, and nobody would know before it is wanted. */
  @Test
  void optionsOfOutputThatWouldChangeNothingAreRefused() throws Exception {
    submit("a", "true");
    String kept = directory.resolve("kept").toString();

    for (List<String> options :
        List.of(
            List.of("--output-dir", kept),
            List.of("--output-limit", "1M"),
            List.of("--output-total", "1G"),
            List.of("--output", "none", "--output-dir", kept))) {
      Stream<String> words =
          Stream.concat(Stream.of("work", queue(), "--exit-on-empty"), options.stream());
      assertThat(Fq.run(words.toArray(String[]::new)))
          .satisfies(refused -> assertThat(refused.code()).isEqualTo(ExitCode.USAGE))
          .extracting(Fq::err)
          .asString()
          .contains("expected --output all or --output failed beside it");
    }
    assertThat(Fq.run("history", queue(), "--output-dir", kept))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ExitCode.USAGE))
        .extracting(Fq::err)
        .asString()
        .contains("--output-dir: expected --prune beside it");
  }

  @Test
  void outputWhoseFileIsGoneIsOneLineAndNoStackTrace() throws Exception {
    submit("a", "echo gone");
    work("--output", "all");
    try (Stream<Path> files = Files.list(directory.resolve("q/output"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".gz")).toList()) {
        Files.delete(file);
      }
    }

    Fq log = log("a");

    assertThat(log.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(log.err()).hasLineCount(1).contains("no such file", ".gz");
  }

  @Test
  void sizeThatNoNumberHoldsIsRefused() {
    assertThat(Fq.run("work", queue(), "--output", "all", "--output-total", "999999999T"))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ExitCode.USAGE))
        .extracting(Fq::err)
        .asString()
        .contains("expected a smaller size, found \"999999999T\"");
  }

  @Test
  void sizesAndIdsThatAreNoneAreRefused() {
    assertThat(Fq.run("work", queue(), "--output-limit", "many"))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ExitCode.USAGE))
        .extracting(Fq::err)
        .asString()
        .contains("expected a number, and maybe one of K, M, G, T", "found \"many\"");
    assertThat(log("no id").err()).contains("expected the id of a task");
    assertThat(log().err()).contains("expected the ID of one task, found 0");
  }
}
