package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Queues that a worker's user may not write to, with the permissions of a real file system. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such permissions")
@Timeout(120)
class UnwritableIT {

  private static final String NOBODY = "65534";
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  private Path directory;
  private int started;

  @BeforeEach
  void make() throws IOException {
    directory = Files.createTempDirectory("fq-unwritable");
    permit("", "rwxrwxrwx");
  }

  @AfterEach
  void remove() throws Exception {
    new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
  }

  private void permit(String path, String permissions) throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve(path), PosixFilePermissions.fromString(permissions));
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private record Ended(int exitCode, String out, String err) {}

  /** Root may write everywhere: then by another user. */
  private Ended ordinaryUser(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      assumeTrue(Files.isExecutable(SETPRIV), "root is no ordinary user, and setpriv is not here");
      command.addAll(List.of("" + SETPRIV, "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
    }
    command.addAll(FqProcess.command(arguments));
    return run(command);
  }

  private Ended run(List<String> command) throws Exception {
    Path out = directory.resolve("out" + started++);
    Path err = directory.resolve("err" + started++);
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static String lastLine(String text) {
    return text.lines().reduce((one, other) -> other).orElse("");
  }

  private static void assertNoStackTrace(Ended ended) {
    assertThat(ended.err).doesNotContain("\tat ").doesNotContain("Exception in");
  }

  @Test
  void workerThatMayNotRenameTasksEndsWithOneLineAndTheDoctorSaysWhy() throws Exception {
    ordinaryUser("submit", "q", "--", "true");
    permit("q/queue", "r-xr-xr-x");

    Ended worker = ordinaryUser("work", "q", "--idle-timeout", "1h");
    Ended doctor = ordinaryUser("doctor", "q");

    assertThat(worker.exitCode).isEqualTo(ExitCode.TROUBLE);
    assertThat(lastLine(worker.err)).startsWith("fq: ").contains("/q: permission denied");
    assertNoStackTrace(worker);
    assertThat(doctor.exitCode).isEqualTo(ExitCode.TROUBLE);
    assertThat(doctor.out).contains("bad   access").contains("queue/");
  }

  @Test
  void taskThatMayNotBePutAmongTheDeadIsGivenBackAndEndsTheWorker() throws Exception {
    ordinaryUser("submit", "q", "--", "false");
    permit("q/dead", "r-xr-xr-x");

    Ended worker = ordinaryUser("work", "q", "--attempts", "1", "--exit-on-empty");
    Ended status = ordinaryUser("status", "q", "--json");
    Ended doctor = ordinaryUser("doctor", "q");

    assertThat(worker.exitCode).isEqualTo(ExitCode.TROUBLE);
    assertThat(lastLine(worker.err)).startsWith("fq: ").contains("/q: permission denied");
    assertNoStackTrace(worker);
    assertThat(status.out).contains("\"waiting\":1,\"delayed\":0,\"leased\":0,\"dead\":0");
    assertThat(doctor.out).contains("bad   access").contains("dead/");
  }

  @Test
  void otherUsersTasksInAStickyDirectoryArePassedOverAndReported() throws Exception {
    assumeTrue(isRoot(), "it takes two users");
    run(FqProcess.command("submit", "q", "--", "true"));
    for (String part : List.of("q", "q/tmp", "q/dead")) {
      permit(part, "rwxrwxrwx");
    }
    try (Stream<Path> counters = Files.list(directory.resolve("q"))) {
      for (Path counter : counters.filter(Files::isRegularFile).toList()) {
        Files.delete(counter);
      }
    }
    Files.setAttribute(directory.resolve("q/queue"), "unix:mode", 01777);
    ordinaryUser("submit", "q", "--", "touch", "" + directory.resolve("done"));

    Ended worker = ordinaryUser("work", "q", "--exit-on-empty");
    Ended doctor = ordinaryUser("doctor", "q");

    assertThat(worker.exitCode).as(worker.err).isEqualTo(ExitCode.TROUBLE);
    assertThat(directory.resolve("done")).exists();
    assertThat(lastLine(worker.err)).contains("1 tasks wait").contains("may not lease");
    assertNoStackTrace(worker);
    assertThat(doctor.exitCode).isEqualTo(ExitCode.TROUBLE);
    assertThat(doctor.out).contains("bad   owners").contains("1 tasks are other users'");
  }

  @Test
  void workerThatMayNotAskForTheTimeWorksOnWhatIsDueAlwaysAndSaysSo() throws Exception {
    ordinaryUser("submit", "q", "--", "touch", "" + directory.resolve("done"));
    permit("q/tmp", "r-xr-xr-x");

    Ended worker = ordinaryUser("work", "q", "--exit-on-empty");

    assertThat(worker.exitCode).isEqualTo(ExitCode.DONE);
    assertThat(directory.resolve("done")).exists();
    assertThat(worker.err).containsOnlyOnce("the file server's time is not known");
    assertNoStackTrace(worker);
  }
}
