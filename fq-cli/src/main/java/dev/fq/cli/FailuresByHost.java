package dev.fq.cli;

import dev.fq.spi.Failure;
import dev.fq.spi.TaskDetail;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Counts failed attempts by the host that made them. */
final class FailuresByHost {

  private static final String FORMAT = "%-32s  %8s  %13s  %8s";

  private static final class Counts {
    long failed;
    long notMade;
    long tasks;
  }

  private final TreeMap<String, Counts> hosts = new TreeMap<>();

  void add(TaskDetail task) {
    Set<String> ofTask = new HashSet<>();
    for (Failure failure : task.failures()) {
      String host = TaskDetails.host(failure);
      Counts counts = hosts.computeIfAbsent(host, name -> new Counts());
      counts.failed += failure.counted() ? 1 : 0;
      counts.notMade += failure.counted() ? 0 : 1;
      counts.tasks += ofTask.add(host) ? 1 : 0;
    }
  }

  /** A heading, and a line for each host. */
  List<String> lines() {
    return Stream.concat(
            Stream.of(FORMAT.formatted("HOST", "FAILED", "NOT ATTEMPTED", "TASKS")),
            hosts.entrySet().stream()
                .map(
                    host ->
                        FORMAT.formatted(
                            host.getKey(),
                            host.getValue().failed,
                            host.getValue().notMade,
                            host.getValue().tasks)))
        .toList();
  }
}
