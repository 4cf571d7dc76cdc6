package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/examples/slurm/workers.sbatch, run as Slurm runs it, but for Slurm. */
class SlurmExampleIT {

  private static final Path SCRIPT =
      Path.of("../docs/examples/slurm/workers.sbatch").toAbsolutePath();

  @TempDir private Path directory;
  private Path queue;

  @BeforeEach
  void putCommandOnPath() throws Exception {
    queue = directory.resolve("q");
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("fq"), Path.of("src/main/dist/bin/fq").toAbsolutePath());
  }

  private Process start() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(SCRIPT.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    builder.environment().put("FQ_QUEUE", queue.toString());
    builder.environment().put("FQ_JAR", System.getProperty("fq.jar"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
    builder.environment().put("SLURM_CPUS_PER_TASK", "2");
    builder.environment().merge("PATH", directory.resolve("bin") + ":", (old, bin) -> bin + old);
    return builder.start();
  }

  private void submit(String... command) throws Exception {
    String[] arguments = new String[command.length + 3];
    arguments[0] = "submit";
    arguments[1] = queue.toString();
    arguments[2] = "--";
    System.arraycopy(command, 0, arguments, 3, command.length);
    assertThat(FqProcess.run(directory, "submit", arguments).exitCode()).isZero();
  }

  private int exitCode(Process job) throws Exception {
    assertThat(job.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return job.exitValue();
  }

  private String status() throws Exception {
    return FqProcess.run(directory, "status", "status", queue.toString(), "--json").out();
  }

  @Test
  void workerOfAJobDoesWhatThereIsAndEndsWithItsExitCode() throws Exception {
    submit("true");

    assertThat(exitCode(start())).isZero();

    assertThat(status()).contains("\"completed\":1");
    assertThat(Files.readString(directory.resolve("log"))).contains("slots: 2, lease: 600 s");
  }

  @Test
  void signalBeforeTheEndIsHandedOnAndRunningTasksEnd() throws Exception {
    Path begun = directory.resolve("begun");
    Path goOn = directory.resolve("go-on");
    submit("sh", "-c", "touch %s; until [ -e %s ]; do sleep 0.1; done".formatted(begun, goOn));
    submit("sh", "-c", "until [ -e %s ]; do sleep 0.1; done".formatted(goOn));
    Process job = start();
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(begun));
    submit("true");

    job.destroy();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Files.readString(directory.resolve("log")).contains("SIGTERM, stopping"));
    Files.createFile(goOn);

    assertThat(exitCode(job)).isZero();
    assertThat(status()).contains("\"waiting\":1,", "\"leased\":0,", "\"completed\":2");
  }

  @Test
  void drainFileBesideTheQueueEndsTheJob() throws Exception {
    submit("true");
    Files.createFile(directory.resolve("q.drain"));

    assertThat(exitCode(start())).isZero();

    assertThat(status()).contains("\"waiting\":1");
  }
}
