package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A signal ends a verb between two tasks: what it says, what is there, and the counts agree.
 * SIGTERM and not SIGINT, which processes in the background of a shell ignore, and so may be
 * ignored here; Ctrl-C itself is typed in {@link TerminalIT}.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
class InterruptIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int SIGTERM = 15;
  private static final Pattern TOLD = Pattern.compile("fq: interrupted[^;]*; ?(\\d+) tasks.*");

  @TempDir private Path directory;

  private final List<Process> started = new ArrayList<>();

  /** One that goes on inserting would keep its directory from being deleted. */
  @AfterEach
  void endAll() throws InterruptedException {
    for (Process fq : started) {
      fq.destroyForcibly().waitFor();
    }
  }

  private Process start(String... arguments) throws IOException {
    Process fq =
        new ProcessBuilder(FqProcess.command(arguments))
            .directory(directory.toFile())
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    started.add(fq);
    return fq;
  }

  private static void interrupt(Process fq) throws Exception {
    fq.destroy();
    assertThat(fq.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(fq.exitValue()).isEqualTo(128 + SIGTERM);
  }

  private long files(String place) throws IOException {
    Path path = directory.resolve(place);
    if (!Files.isDirectory(path)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(path)) {
      return all.count();
    }
  }

  private long told() throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("err"));
    Matcher last = TOLD.matcher(lines.get(lines.size() - 1));
    assertThat(last.matches()).as(String.join("\n", lines)).isTrue();
    return Long.parseLong(last.group(1));
  }

  private void assertAccountIsExact(String queue) throws IOException {
    long told = told();
    assertThat(files(queue + "/queue")).isEqualTo(told);
    assertThat(Fq.run("status", directory.resolve(queue).toString(), "--json").out())
        .contains("\"inserted\":" + told + ",\"waiting\":" + told + ",");
    assertThat(files(queue + "/tmp")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert q",
        "insert q --durable",
        "submit q --each-line - -- echo {}",
        "submit q --durable --each-line - -- echo {}"
      })
  void insertSaysHowManyWentIn(String arguments) throws Exception {
    Process fq = start(arguments.split(" "));
    Thread feeder = new Thread(() -> feed(fq.getOutputStream(), Long.MAX_VALUE));
    feeder.setDaemon(true);
    feeder.start();
    await().atMost(PATIENCE).until(() -> files("q/queue") > 1_000);

    interrupt(fq);

    assertThat(told()).isGreaterThan(1_000);
    assertAccountIsExact("q");
  }

  private static void feed(OutputStream out, long lines) {
    try (out) {
      for (long i = 0; i < lines; i++) {
        out.write("{\"tile\": 1}\n".getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // It has ended.
      return;
    }
  }

  @Test
  void insertThatWaitsForItsInputEndsToo() throws Exception {
    Process fq = start("insert", "q");
    OutputStream input = fq.getOutputStream();
    for (int i = 0; i < 300; i++) {
      input.write("{\"tile\": 1}\n".getBytes(StandardCharsets.UTF_8));
    }
    input.flush();
    await().atMost(PATIENCE).until(() -> files("q/queue") == 256);

    interrupt(fq);

    // What had been read of the next batch may have gone in with the end of the reading.
    assertThat(told()).isBetween(256L, 300L);
    assertAccountIsExact("q");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cp", "mv"})
  void transferSaysHowManyArrived(String verb) throws Exception {
    // Another mode: mv copies and deletes.
    Files.createDirectories(directory.resolve("to"));
    Files.setPosixFilePermissions(
        directory.resolve("to"), PosixFilePermissions.fromString("rwx------"));
    Process insert = start("insert", "from");
    feed(insert.getOutputStream(), 30_000);
    assertThat(insert.waitFor()).isZero();
    Process fq = start(verb, "from", "to");
    await().atMost(PATIENCE).until(() -> files("to/queue") > 1_000);

    interrupt(fq);

    long there = files("to/queue");
    assertThat(Files.readString(directory.resolve("err"))).contains(there + " tasks");
    assertThat(files("to/tmp")).isZero();
    assertThat(Fq.run("status", directory.resolve("to").toString(), "--json").out())
        .contains("\"inserted\":" + there + ",\"waiting\":" + there + ",");
    assertThat(files("from/queue")).isEqualTo(verb.equals("cp") ? 30_000 : 30_000 - there);
  }
}
