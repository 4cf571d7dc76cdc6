package dev.fq.file;

import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Format;
import dev.fq.file.format.ListedTask;
import dev.fq.file.format.TaskFile;
import dev.fq.file.format.TaskFiles;
import dev.fq.file.format.TaskFolder;
import dev.fq.spi.Failure;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.QueueStats;
import dev.fq.spi.StateCounts;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What those do who look at a queue as a whole and set it right: they go through its directory and
 * hold no lease. RACE, for all of them: workers rename tasks meanwhile.
 */
final class OperatorVerbs {

  private static final Logger log = LoggerFactory.getLogger(OperatorVerbs.class);

  /** Nobody loses so many races in a row, but a stale listing may show what is long gone. */
  private static final int MAX_REMOVE_PASSES = 10;

  private final OpenQueue queue;
  private final TaskFolder tasks;
  private final DeadTasks deadTasks;
  private final Counters counters;
  private final Clock clock;

  OperatorVerbs(OpenQueue queue, Counters counters) {
    this.queue = queue;
    this.tasks = queue.tasks();
    this.deadTasks = queue.deadTasks();
    this.counters = counters;
    this.clock = queue.clock();
  }

  QueueStats stats() throws IOException {
    long now = clock.instant().getEpochSecond();
    StateCounts counts = new StateCounts();
    tasks.forEach(queue.format().parser(), file -> file.count(now, counts));
    deadTasks.forEach(id -> counts.add(TaskState.DEAD));
    Counters.Totals totals = counters.totals();
    return counts.stats(totals.inserted(), totals.completed());
  }

  /** Two looks, as {@link dev.fq.spi.QueueBackend#isEmpty} says why. */
  boolean isEmpty() throws IOException {
    boolean found = false;
    for (int look = 0; look < 2 && !found; look++) {
      found = !tasks.isEmpty();
    }
    return !found;
  }

  Stream<TaskInfo> list() throws IOException {
    long now = clock.instant().getEpochSecond();
    return Stream.concat(
        listed().map(task -> task.info(now)), deadTasks.list().map(DeadTasks.Entry::info));
  }

  Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) throws IOException {
    long now = clock.instant().getEpochSecond();
    return listed()
        .filter(task -> which.test(task.info(now)))
        .flatMap(task -> entry(task, now).stream());
  }

  Stream<TaskDetail> bodies(Predicate<? super TaskInfo> which) throws IOException {
    long now = clock.instant().getEpochSecond();
    return Stream.concat(
            listed().map(task -> new Unread(task.info(now), task::body)),
            deadTasks
                .list()
                .map(dead -> new Unread(dead.info(), () -> TaskFiles.body(dead.file()))))
        .filter(task -> which.test(task.info()))
        .flatMap(task -> read(task).stream());
  }

  private record Unread(TaskInfo info, Body body) {}

  private static Optional<TaskDetail> read(Unread task) {
    try {
      return read(task.info(), task.body(), List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("StreamResourceLeak") // closed by the caller
  private Stream<ListedTask> listed() throws IOException {
    Format.Parser parser = queue.format().parser();
    return Files.list(queue.directory().queue())
        .flatMap(path -> tasksAt(parser, path.getFileName().toString()));
  }

  private static Stream<? extends ListedTask> tasksAt(Format.Parser parser, String fileName) {
    try {
      TaskFile file = parser.parse(fileName);
      return file == null ? Stream.empty() : file.tasks().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<TaskEntry> entry(ListedTask task, long now) {
    try {
      return Optional.of(new TaskEntry(task.info(now), task.payload()));
    } catch (InvalidPayloadException | AccessDeniedException e) {
      log.warn("{}: task {} cannot be read: {}", queue.directory().root(), task.id(), reason(e));
      return Optional.empty();
    } catch (IOException e) {
      // RACE: renamed or deleted since the listing.
      if (AtomicFiles.isGone(e)) {
        return Optional.empty();
      }
      throw new UncheckedIOException(e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof AccessDeniedException
        ? "permission denied: this user may not read " + e.getMessage()
        : String.valueOf(e.getMessage());
  }

  Optional<TaskDetail> peek(TaskId id) throws IOException {
    ListedTask found = tasks.find(id);
    if (found == null) {
      DeadTasks.Entry dead = deadTasks.find(id);
      return dead == null ? Optional.empty() : detail(dead);
    }
    return detail(found.info(clock.instant().getEpochSecond()), found::body);
  }

  private Optional<TaskDetail> detail(DeadTasks.Entry dead) throws IOException {
    return detail(dead.info(), () -> TaskFiles.body(dead.file()));
  }

  private Optional<TaskDetail> detail(TaskInfo info, Body body) throws IOException {
    return read(info, body, deadTasks.failures(info.id()));
  }

  private interface Body {
    String read() throws IOException;
  }

  private static Optional<TaskDetail> read(TaskInfo info, Body body, List<Failure> failures)
      throws IOException {
    try {
      return Optional.of(new TaskDetail(info, body.read(), failures));
    } catch (InvalidPayloadException | AccessDeniedException e) {
      return Optional.of(new TaskDetail(info, "(" + reason(e) + ")", failures));
    } catch (IOException e) {
      // RACE: gone since the listing, or it never was here.
      if (AtomicFiles.isGone(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  Stream<TaskDetail> dead() throws IOException {
    return deadTasks
        .list()
        .flatMap(
            dead -> {
              try {
                return detail(dead).stream();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  long retryDead(Predicate<? super TaskId> which) throws IOException {
    List<DeadTasks.Entry> picked = picked(which);
    Set<TaskId> taken = idsInQueue(picked);
    return each(
        picked,
        dead -> {
          // The id of one that is dead twice is taken by the first.
          boolean isFree = taken.add(dead.id());
          if (!isFree) {
            log.warn(
                "{}: stays dead, since another task in the queue has its id; let that end, or"
                    + " remove one of the two",
                dead.file());
          }
          return isFree && queue.format().revive(dead);
        });
  }

  /** Those of these ids that tasks in {@code queue/} have. */
  private Set<TaskId> idsInQueue(List<DeadTasks.Entry> wanted) throws IOException {
    Set<TaskId> ids = new HashSet<>();
    wanted.forEach(dead -> ids.add(dead.id()));
    return wanted.isEmpty() ? ids : tasks.idsAmong(ids);
  }

  long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return each(picked(which), deadTasks::remove);
  }

  private List<DeadTasks.Entry> picked(Predicate<? super TaskId> which) throws IOException {
    return deadTasks.tidied().stream().filter(dead -> which.test(dead.id())).toList();
  }

  private interface DeadTaskVerb {
    boolean isDone(DeadTasks.Entry dead) throws IOException;
  }

  private static long each(List<DeadTasks.Entry> dead, DeadTaskVerb verb) throws IOException {
    long done = 0;
    for (DeadTasks.Entry one : dead) {
      done += verb.isDone(one) ? 1 : 0;
    }
    return done;
  }

  long deleteById(Set<TaskId> ids) throws IOException {
    Set<TaskId> removed = new HashSet<>();
    remove(ids, removed);
    return removed.size();
  }

  long completeById(Set<TaskId> ids) throws IOException {
    Set<TaskId> removed = new HashSet<>();
    try {
      remove(ids, removed);
    } finally {
      counters.completed(removed.size());
    }
    return removed.size();
  }

  private void remove(Set<TaskId> ids, Set<TaskId> removed) throws IOException {
    int passes = 0;
    while (removePass(ids, removed) && passes < MAX_REMOVE_PASSES) {
      passes++;
    }
  }

  /**
   * RACE: a worker renames a task (leases, renews) between our listing and our deletion. It is
   * still there then, and wants another pass.
   *
   * @return whether that happened
   */
  private boolean removePass(Set<TaskId> ids, Set<TaskId> removed) throws IOException {
    boolean[] raced = {false};
    Set<TaskId> left = new HashSet<>(ids);
    left.removeAll(removed);
    tasks.forEach(queue.format()::parse, file -> raced[0] |= !file.deleteTasks(left, removed));
    return raced[0];
  }

  long releaseAll(Predicate<? super TaskInfo> which) throws IOException {
    long now = ServerClock.earliest(clock).getEpochSecond();
    long[] released = {0};
    tasks.forEach(queue.format().parser(), file -> released[0] += file.release(now, which));
    return released[0];
  }

  long purge() throws IOException {
    long[] removed = {0};
    tasks.forEach(queue.format()::parse, file -> removed[0] += file.deleteAll());
    return removed[0];
  }
}
