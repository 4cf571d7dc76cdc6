package dev.fq.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The short form of {@code dev/chaos}. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such signals")
class ChaosIT {

  @TempDir private Path directory;

  @Test
  void promisesAreKeptWhileProcessesAreKilledFrozenAndStopped() {
    int exitCode =
        new CommandLine(new ChaosRun())
            .setExecutionExceptionHandler(
                (e, command, parsed) -> {
                  throw e;
                })
            .execute(
                "--jar=" + System.getProperty("fq.jar"),
                "--queue=" + directory.resolve("q"),
                "--journals=" + directory.resolve("journals"),
                "--seed=7",
                "--workers=3",
                "--lease=3",
                "--attempts=4",
                "--seconds=20",
                "--produce=500",
                "--longest=300",
                "--operate",
                "--judge");

    assertThat(exitCode).isZero();
  }
}
