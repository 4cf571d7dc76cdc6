package dev.fq.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The short form of {@code dev/chaos}. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such signals")
class ChaosIT {

  @TempDir private Path directory;

  /** Where this library is, two workers in three have wrong clocks. */
  private static Stream<String> faketime() throws IOException {
    Path libraries = Path.of("/usr/lib");
    if (!Files.isDirectory(libraries)) {
      return Stream.empty();
    }
    try (Stream<Path> all = Files.list(libraries)) {
      return all.map(each -> each.resolve("faketime/libfaketime.so.1")).toList().stream()
          .filter(Files::exists)
          .limit(1)
          .map(each -> "--faketime=" + each);
    }
  }

  @Test
  void promisesAreKeptWhileProcessesAreKilledFrozenAndStopped() throws IOException {
    int exitCode =
        new CommandLine(new ChaosRun())
            .setExecutionExceptionHandler(
                (e, command, parsed) -> {
                  throw e;
                })
            .execute(
                Stream.concat(
                        faketime(),
                        Stream.of(
                            "--jar=" + System.getProperty("fq.jar"),
                            "--queue=" + directory.resolve("q"),
                            "--journals=" + directory.resolve("journals"),
                            "--seed=7",
                            "--workers=3",
                            "--lease=3",
                            "--attempts=4",
                            "--seconds=20",
                            "--every=1500",
                            "--produce=500",
                            "--longest=300",
                            "--operate",
                            "--judge"))
                    .toArray(String[]::new));

    assertThat(exitCode).isZero();
  }
}
