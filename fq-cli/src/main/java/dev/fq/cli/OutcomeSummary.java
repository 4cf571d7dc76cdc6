package dev.fq.cli;

import dev.fq.spi.Outcome;
import dev.fq.spi.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Counts and durations of attempts, by type and by host. */
final class OutcomeSummary {

  private static final String FORMAT = "%-32s  %9s  %7s  %9s  %9s  %9s";

  /** Durations are right to one in a hundred. */
  private static final int DIGITS = 2;

  private static final double MEDIAN = 50;
  private static final double HIGH = 95;

  /** A host is named that has so many failures at least, and so many times the rate of others. */
  private static final int SUSPICIOUS_FAILURES = 3;

  private static final int SUSPICIOUS_RATIO = 2;

  /** Attempts that have something in common. */
  private static final class Group {
    private final Histogram microseconds = new Histogram(DIGITS);
    private long attempts;
    private long failed;
    private long max;

    void add(Outcome outcome) {
      attempts++;
      failed += outcome.result().isFailure() ? 1 : 0;
      // A clock that was set back meanwhile makes a time of less than nothing.
      long time = Math.max(0, outcome.time().toNanos() / 1_000);
      microseconds.recordValue(time);
      max = Math.max(max, time);
    }

    String line(String name) {
      return FORMAT.formatted(
          name, attempts, failed, percentile(MEDIAN), percentile(HIGH), time(max));
    }

    private String percentile(double percent) {
      return time(Math.min(max, microseconds.getValueAtPercentile(percent)));
    }

    private static String time(long microseconds) {
      return OutcomeLines.time(Duration.ofNanos(microseconds * 1_000));
    }

    private double rate() {
      return attempts == 0 ? 0 : (double) failed / attempts;
    }
  }

  private final SortedMap<String, Long> results = new TreeMap<>();
  private final SortedMap<String, Group> types = new TreeMap<>();
  private final SortedMap<String, Group> hosts = new TreeMap<>();
  private final Group all = new Group();

  void add(Outcome outcome) {
    results.merge(outcome.result().label(), 1L, Long::sum);
    types.computeIfAbsent(outcome.type(), name -> new Group()).add(outcome);
    hosts.computeIfAbsent(outcome.host(), name -> new Group()).add(outcome);
    all.add(outcome);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("attempts   " + all.attempts);
    if (all.attempts == 0) {
      return lines;
    }
    results.forEach((result, count) -> lines.add("%-9s  %s".formatted(result, count)));
    add(lines, "TYPE", types);
    add(lines, "HOST", hosts);
    hosts.forEach((name, host) -> addIfSuspicious(lines, name, host));
    return lines;
  }

  private static void add(List<String> lines, String heading, Map<String, Group> groups) {
    lines.add("");
    lines.add(FORMAT.formatted(heading, "ATTEMPTS", "FAILED", "P50", "P95", "MAX"));
    groups.forEach(
        (name, group) -> lines.add(group.line(name.isEmpty() ? "-" : Printable.text(name))));
  }

  private void addIfSuspicious(List<String> lines, String name, Group host) {
    Group others = new Group();
    others.attempts = all.attempts - host.attempts;
    others.failed = all.failed - host.failed;
    if (others.attempts > 0
        && host.failed >= SUSPICIOUS_FAILURES
        && host.rate() > SUSPICIOUS_RATIO * others.rate()) {
      lines.add("");
      lines.add(
          "%s fails more than others: %s of %s attempts, elsewhere %s of %s"
              .formatted(
                  Printable.text(name),
                  host.failed,
                  host.attempts,
                  others.failed,
                  others.attempts));
    }
  }
}
