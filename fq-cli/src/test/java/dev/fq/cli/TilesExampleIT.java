package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the program of docs/examples/tiles, which the build before this has built, as told there.
 */
class TilesExampleIT {

  private static final Path TARGET = Path.of(System.getProperty("tiles.target"));
  private static final Path JAR = TARGET.resolve("tiles.jar");

  @TempDir private Path directory;

  private String insert(String what, int tiles) throws Exception {
    return program(
        "tiles.InsertTiles", what, queue(), directory.toString(), Integer.toString(tiles));
  }

  private String queue() {
    return directory.resolve("q").toString();
  }

  /** What the program prints. */
  private static String program(String main, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                JAR + ":" + TARGET.resolve("lib/*"),
                main));
    command.addAll(List.of(arguments));
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return output;
  }

  private FqProcess work(String name, String... more) throws Exception {
    String[] arguments = {"work", "q", "--classpath", JAR.toString(), "-n", "2", "--exit-on-empty"};
    return FqProcess.run(
        directory,
        name,
        Stream.concat(List.of(arguments).stream(), List.of(more).stream()).toArray(String[]::new));
  }

  @Test
  void recordsAndFunctionsOfAJarAreInsertedAndExecuted() throws Exception {
    assertThat(insert("make", 1000)).isEqualTo("inserted 1000\n");
    assertThat(work("make").exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(insert("check", 1000)).isEqualTo("inserted 124\n");
    assertThat(work("check").exitCode()).isEqualTo(ExitCode.DONE);

    assertThat(FqProcess.run(directory, "status", "status", "q", "--json").out())
        .contains("\"inserted\":1124,\"waiting\":0,\"delayed\":0,\"leased\":0,\"dead\":0")
        .contains("\"completed\":1124");
  }

  @Test
  void programOfOnesOwnWorksAndTellsEachStep() throws Exception {
    insert("make", 10);

    String output = program("tiles.WorkOnTiles", queue(), "2");

    assertThat(output).endsWith("completed 10\n");
    assertThat(output.lines().filter(line -> line.contains("starts, attempt 1 of 5"))).hasSize(10);
    assertThat(output.lines().filter(line -> line.contains("completed in "))).hasSize(10);
  }

  @Test
  void exceptionOfATaskIsTheReasonOfItsFailure() throws Exception {
    insert("make", 100);
    FqProcess.run(
        directory, "purge", "work", "q", "--classpath", JAR.toString(), "--exit-on-empty");
    insert("check", 100);
    Files.delete(directory.resolve("overview.raw"));

    FqProcess work = work("check", "--attempts", "1");

    assertThat(work.exitCode()).isEqualTo(ExitCode.DEAD);
    assertThat(work.err()).contains("NoSuchFileException");
  }

  @Test
  void workerThatStopsOnAFailureEndsWithOneLineAndTrouble() throws Exception {
    insert("make", 100);
    Files.delete(directory.resolve("image.raw"));

    FqProcess work = work("stop", "--stop-on-failure");

    assertThat(work.exitCode()).isEqualTo(ExitCode.TROUBLE);
    assertThat(work.err().lines().filter(line -> line.startsWith("fq: ")))
        .singleElement()
        .asString()
        .contains("failed: java.nio.file.NoSuchFileException");
  }

  @Test
  void taskOfAJarThatIsNotGivenIsGivenBackAndSaysWhatToDo() throws Exception {
    insert("make", 1);

    FqProcess work =
        FqProcess.run(directory, "work", "work", "q", "--attempts", "1", "--exit-on-empty");

    assertThat(work.exitCode()).isEqualTo(ExitCode.UNFIT_HOST);
    assertThat(work.err())
        .contains("\"Downsample\" is not registered; known are: CommandTask;")
        .contains("give its jar with fq work --classpath");
    assertThat(FqProcess.run(directory, "status", "status", "q", "--json").out())
        .contains("\"waiting\":1,\"delayed\":0,\"leased\":0,\"dead\":0,");
  }
}
