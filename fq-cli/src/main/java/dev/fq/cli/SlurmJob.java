package dev.fq.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Slurm job that this process is part of.
 *
 * @param end when Slurm ends it
 */
record SlurmJob(Instant end) {

  /** Unix seconds; see "OUTPUT ENVIRONMENT VARIABLES" of sbatch(1). */
  static final String END = "SLURM_JOB_END_TIME";

  /**
   * The job, or nothing when this is none of a known end.
   *
   * @throws IllegalArgumentException if what Slurm says is not understood
   */
  static Optional<SlurmJob> of(Map<String, String> environment) {
    @Nullable String end = environment.get(END);
    if (end == null || end.isBlank()) {
      return Optional.empty();
    }
    if (!end.matches("\\d{1,12}")) {
      throw new IllegalArgumentException(
          "environment variable " + END + ": expected Unix seconds, found \"" + end + "\"");
    }
    return Optional.of(new SlurmJob(Instant.ofEpochSecond(Long.parseLong(end))));
  }

  /** Until when a task can be started that shall have this long. */
  Instant lastStart(Duration leaseTime) {
    return end.minus(leaseTime);
  }
}
