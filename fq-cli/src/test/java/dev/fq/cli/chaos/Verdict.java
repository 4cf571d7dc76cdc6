package dev.fq.cli.chaos;

import dev.fq.cli.chaos.Journal.Event;
import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the promises were kept in a run that is over, by the journals of all processes, the logs
 * of the workers, and what is left in the queue.
 */
final class Verdict {

  private static final Pattern COMPLETED =
      Pattern.compile("\"formattedMessage\":\"task (\\S+) completed in");

  /** What lies between a lease and the journal's line on a machine with too much to do. */
  private static final long SLACK = Duration.ofSeconds(1).toNanos();

  private final long leaseNanos;
  private final int slots;
  private final Set<String> intended = new HashSet<>();
  private final Set<String> inserted = new HashSet<>();
  private final Map<String, List<Execution>> executions = new HashMap<>();
  private final List<Span> releases = new ArrayList<>();
  private final List<Span> disturbances = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private final Map<String, Integer> completions = new HashMap<>();
  private final Set<Long> killed = new HashSet<>();
  private int kills;
  private int overlaps;
  private int endsOfLeases;

  /** Something that lasts, and concerns one process, one task, or all of either (null). */
  private record Span(long from, long to, @Nullable Long pid, @Nullable String id) {
    boolean concerns(Execution execution, long begin, long end) {
      return (pid == null || pid == execution.pid())
          && (id == null || id.equals(execution.id()))
          && from <= end
          && to >= begin;
    }
  }

  private Verdict(Duration lease, int slots) {
    this.leaseNanos = lease.toNanos();
    this.slots = slots;
  }

  /**
   * The figures of this run.
   *
   * @throws AssertionError naming all that was broken
   */
  static Map<String, Object> of(Path queue, Path journals, Duration lease, int slots)
      throws IOException {
    Verdict verdict = new Verdict(lease, slots);
    Journal.read(journals).forEach(verdict::note);
    verdict.readWorkersLogs(journals);
    try (FileQueue opened = FileQueue.at(queue).open(OpenMode.EXISTING)) {
      return verdict.judge(opened);
    }
  }

  private void note(Event event) {
    switch (event.kind()) {
      case "intended" -> intended.add(event.id());
      case "inserted" -> inserted.add(event.id());
      case "begin" -> begin(event);
      case "done", "failed", "interrupted" -> end(event);
      case "killed" -> {
        kills++;
        killed.add(Long.valueOf(event.words().get(0)));
        // For good.
        disturb(event.nanos(), Long.MAX_VALUE, Long.valueOf(event.words().get(0)), null);
      }
      case "stopped" ->
          disturb(
              event.nanos() - Long.parseLong(event.words().get(1)),
              event.nanos(),
              Long.valueOf(event.words().get(0)),
              null);
      case "freed" -> disturb(event.nanos(), event.nanos() + 2 * SLACK, null, event.id());
      // All that was leased, and whatever a restart of the file server held up.
      case "released", "restarted" -> {
        disturb(event.nanos() - Long.parseLong(event.words().get(0)), event.nanos(), null, null);
        if (event.kind().equals("released")) {
          releases.add(disturbances.get(disturbances.size() - 1));
        }
      }
      default -> throw new IllegalArgumentException("unknown event: " + event);
    }
  }

  private void disturb(long from, long to, @Nullable Long pid, @Nullable String id) {
    disturbances.add(new Span(from, to, pid, id));
  }

  private void begin(Event event) {
    executions.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(new Execution(event));
  }

  private void end(Event event) {
    executions.get(event.id()).forEach(execution -> execution.endWith(event));
  }

  private void readWorkersLogs(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        for (String line : Files.readAllLines(log)) {
          Matcher completed = COMPLETED.matcher(line);
          if (completed.find()) {
            completions.merge(completed.group(1), 1, Integer::sum);
          }
        }
      }
    }
  }

  private Map<String, Object> judge(FileQueue queue) throws IOException {
    Set<String> dead = new HashSet<>();
    try (Stream<TaskInfo> tasks = queue.list()) {
      for (TaskInfo task : (Iterable<TaskInfo>) tasks::iterator) {
        if (task.state() == TaskState.DEAD) {
          dead.add(task.id().value());
        } else {
          broken.add(task + " is left in the queue");
        }
      }
    }
    nothingIsLost(dead);
    nothingIsCompletedTwice(dead);
    executions.values().forEach(this::attemptIsBegunAgainOnlyWhenItWasGivenBack);
    executions.values().forEach(this::executedTwiceOnlyAfterALease);
    Set<String> cameIn = new HashSet<>(inserted);
    cameIn.addAll(executions.keySet());
    cameIn.addAll(dead);
    Set<String> completed = new HashSet<>(cameIn);
    completed.removeAll(dead);
    RecordsVerdict records = new RecordsVerdict(executions, completions, killed, broken::add);
    records.judge(
        queue.path(), queue.outcomes().orElseThrow(), queue.output().orElseThrow(), completed);
    QueueStats stats = queue.stats();
    countsAddUp(stats, cameIn.size(), cameIn.size() - dead.size());
    if (!broken.isEmpty()) {
      throw new AssertionError(
          "%d promises broken:\n%s"
              .formatted(
                  broken.size(), broken.stream().limit(50).collect(Collectors.joining("\n"))));
    }
    return figures(cameIn.size(), dead.size(), stats, records);
  }

  private void nothingIsLost(Set<String> dead) {
    for (String id : inserted) {
      boolean done = executions.getOrDefault(id, List.of()).stream().anyMatch(Execution::isDone);
      if (!done && !dead.contains(id)) {
        broken.add(id + " was inserted, is not dead, and was never executed to its end");
      }
    }
    for (String id : executions.keySet()) {
      if (!intended.contains(id)) {
        broken.add(id + " was executed and never inserted");
      }
    }
  }

  private void nothingIsCompletedTwice(Set<String> dead) {
    completions.forEach(
        (id, times) -> {
          if (times > 1) {
            broken.add(id + " was completed " + times + " times");
          }
          if (dead.contains(id)) {
            broken.add(id + " was completed and is dead");
          }
        });
  }

  /** An attempt that its holder or an operator has given back is not used up. */
  private void attemptIsBegunAgainOnlyWhenItWasGivenBack(List<Execution> attempts) {
    Map<Integer, Execution> last = new HashMap<>();
    for (Execution next : attempts) {
      Execution before = last.put(next.attempt(), next);
      if (before != null
          && !before.isGivenBack()
          && releases.stream()
              .noneMatch(each -> each.concerns(before, before.begin(), next.begin()))) {
        broken.add(
            "attempt %d of %s was begun by %d and by %d"
                .formatted(next.attempt(), next.id(), before.pid(), next.pid()));
      }
    }
  }

  /** Each next attempt begins after the one before has ended, or after its lease has. */
  private void executedTwiceOnlyAfterALease(List<Execution> attempts) {
    Execution before = null;
    for (Execution next : attempts) {
      if (before != null && next.begin() < before.end()) {
        overlap(before, next);
      }
      before = next;
    }
  }

  private void overlap(Execution before, Execution next) {
    overlaps++;
    long from = Math.min(before.begin(), next.begin()) - leaseNanos - SLACK;
    boolean disturbed =
        disturbances.stream().anyMatch(each -> each.concerns(before, from, next.begin()));
    if (disturbed) {
      return;
    }
    if (next.begin() >= before.begin() + leaseNanos - SLACK) {
      endsOfLeases++;
    } else {
      broken.add(
          "%s was executed by %d, and %d ms later by %d, though its lease lasts %d ms and nobody was disturbed"
              .formatted(
                  before.id(),
                  before.pid(),
                  (next.begin() - before.begin()) / 1_000_000,
                  next.pid(),
                  leaseNanos / 1_000_000));
    }
  }

  private void countsAddUp(QueueStats stats, int cameIn, int ended) {
    long in = stats.inserted().orElseThrow();
    long out = stats.completed().orElseThrow();
    if (in < inserted.size() || in > cameIn) {
      broken.add(
          "insertions: %d counted, %d were acknowledged and %d came in"
              .formatted(in, inserted.size(), cameIn));
    }
    // Who is killed between a completion and its count has not counted, one for each slot.
    if (out < ended - (long) kills * slots || out > ended) {
      broken.add(
          "completions: %d counted of %d, with %d kills of %d slots"
              .formatted(out, ended, kills, slots));
    }
  }

  private Map<String, Object> figures(
      int cameIn, int dead, QueueStats stats, RecordsVerdict records) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("tasks", cameIn);
    figures.put("executions", executions.values().stream().mapToInt(List::size).sum());
    figures.put("completed", cameIn - dead);
    figures.put("dead", dead);
    figures.put("counted as inserted", stats.inserted().orElseThrow());
    figures.put("counted as completed", stats.completed().orElseThrow());
    figures.putAll(records.figures());
    figures.put("processes killed", kills);
    figures.put("executions beside another", overlaps);
    figures.put("of these of undisturbed workers, after the end of the lease", endsOfLeases);
    figures.put("lost", 0);
    figures.put("completed twice", 0);
    return figures;
  }
}
