package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes {@code fq work} begin nothing more. */
class WorkStopsTest {

  @TempDir private Path directory;
  private String queue;

  @BeforeEach
  void submit() {
    queue = directory.resolve("q").toString();
    Fq.run("submit", queue, "--", "true");
  }

  private String status() {
    return Fq.run("status", queue, "--json").out();
  }

  private static final Instant END = Instant.parse("2026-11-26T13:00:00Z");

  private static Map<String, String> slurm(Instant end) {
    return Map.of("SLURM_JOB_END_TIME", Long.toString(end.getEpochSecond()));
  }

  @Test
  void nothingIsBegunWhenTheDrainFileIsThere() throws Exception {
    Path drain = Files.createFile(directory.resolve("drain"));

    assertThat(Fq.run("work", queue, "--drain", drain.toString()).code()).isZero();

    assertThat(status()).contains("\"waiting\":1");
  }

  @Test
  void drainFileThatATaskMakesLetsTheTaskEndAndNoOtherBegin() {
    Path drain = directory.resolve("drain");
    String other = directory.resolve("other").toString();
    for (int i = 0; i < 3; i++) {
      Fq.run("submit", other, "--", "touch", drain.toString());
    }

    assertThat(Fq.run("work", other, "--drain", drain.toString()).code()).isZero();

    assertThat(Fq.run("status", other, "--json").out())
        .contains("\"waiting\":2,", "\"completed\":1");
  }

  @Test
  void drainFileWhoseDirectoryIsMissingIsNotThere() {
    assertThat(new DrainFile(directory.resolve("no/drain")).isThere()).isFalse();
    assertThat(new DrainFile(Path.of("/")).isThere()).isFalse();
  }

  @Test
  void slurmJobWithTimeForALeaseIsWorkedIn() {
    Clock inTime = Clock.fixed(END.minusSeconds(601), ZoneOffset.UTC);

    Fq work = Fq.runAt(inTime, slurm(END), "work", queue, "--exit-on-empty", "--lease", "10m");

    assertThat(work.err())
        .isEqualTo(
            "fq: Slurm ends this job at 2026-11-26T13:00:00Z: no task begins after"
                + " 2026-11-26T12:50:00Z, a lease time before\n");
    assertThat(status()).contains("\"completed\":1");
  }

  @Test
  void slurmJobWithoutTimeForALeaseDoesNothingAndSaysSo() {
    Clock tooLate = Clock.fixed(END.minusSeconds(600), ZoneOffset.UTC);

    Fq work = Fq.runAt(tooLate, slurm(END), "work", queue, "--lease", "10m");

    assertThat(work.code()).isZero();
    assertThat(work.err())
        .endsWith("; that has passed, so nothing is done: give a shorter --lease\n");
    assertThat(status()).contains("\"waiting\":1");
  }

  @Test
  void slurmJobOfAnEndThatIsNotUnderstoodIsRefused() {
    Fq work = Fq.runWith(Map.of("SLURM_JOB_END_TIME", "soon"), "work", queue);

    assertThat(work.code()).isEqualTo(ExitCode.USAGE);
    assertThat(work.err())
        .isEqualTo(
            "fq: environment variable SLURM_JOB_END_TIME: expected Unix seconds, found \"soon\"\n");
  }
}
