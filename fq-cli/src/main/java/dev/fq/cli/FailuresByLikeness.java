package dev.fq.cli;

import dev.fq.spi.Failure;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Counts dead tasks by their last reasons: those are alike whose first lines differ only in ids,
 * numbers, and the directories of paths.
 */
final class FailuresByLikeness {

  private static final String FORMAT = "%8s  %-36s  %s";

  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final Pattern DIRECTORIES = Pattern.compile("(?<![\\w.])/(?:[^\\s/:'\"]+/)+");
  private static final Pattern NUMBER = Pattern.compile("0x[0-9a-fA-F]+|[0-9]+");

  /** The number that a program ends with says what went wrong. */
  private static final Pattern EXIT_CODE = Pattern.compile("exit code [0-9]+");

  private static final class Group {
    private final TaskId first;
    private long count;

    Group(TaskId first) {
      this.first = first;
    }
  }

  private final Map<String, Group> groups = new HashMap<>();

  void add(TaskDetail task) {
    List<Failure> failures = task.failures();
    String reason =
        failures.isEmpty()
            ? "no reason is known"
            : likeness(Printable.line(failures.get(failures.size() - 1).reason()));
    groups.computeIfAbsent(reason, none -> new Group(task.info().id())).count++;
  }

  static String likeness(String reason) {
    if (EXIT_CODE.matcher(reason).matches()) {
      return reason;
    }
    String withoutIds = ID.matcher(reason).replaceAll("ID");
    String withoutPaths = DIRECTORIES.matcher(withoutIds).replaceAll("…/");
    return NUMBER.matcher(withoutPaths).replaceAll("N");
  }

  /** A heading, and a line for each group, the largest first. */
  List<String> lines() {
    return Stream.concat(
            Stream.of(FORMAT.formatted("TASKS", "SUCH AS", "REASON")),
            groups.entrySet().stream()
                .sorted(
                    Comparator.<Map.Entry<String, Group>>comparingLong(
                            entry -> entry.getValue().count)
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .map(
                    entry ->
                        FORMAT.formatted(
                            entry.getValue().count, entry.getValue().first, entry.getKey())))
        .toList();
  }
}
