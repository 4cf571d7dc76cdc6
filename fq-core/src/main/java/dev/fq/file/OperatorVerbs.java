package dev.fq.file;

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
import java.nio.file.Path;
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

  private final QueueDirectory directory;
  private final Naming naming;
  private final DeadTasks deadTasks;
  private final Counters counters;
  private final Clock clock;

  OperatorVerbs(
      QueueDirectory directory,
      Naming naming,
      DeadTasks deadTasks,
      Counters counters,
      Clock clock) {
    this.directory = directory;
    this.naming = naming;
    this.deadTasks = deadTasks;
    this.counters = counters;
    this.clock = clock;
  }

  QueueStats stats() throws IOException {
    long now = clock.instant().getEpochSecond();
    StateCounts counts = new StateCounts();
    Naming.Reader reader = naming.reader();
    directory.forEachTask(name -> counts.add(reader.read(name).state(now)));
    deadTasks.forEach(id -> counts.add(TaskState.DEAD));
    Counters.Totals totals = counters.totals();
    return counts.stats(totals.inserted(), totals.completed());
  }

  /** Two looks, as {@link dev.fq.spi.QueueBackend#isEmpty} says why. */
  boolean isEmpty() throws IOException {
    boolean found = false;
    for (int look = 0; look < 2 && !found; look++) {
      found = directory.find(name -> true) != null;
    }
    return !found;
  }

  Stream<TaskInfo> list() throws IOException {
    long now = clock.instant().getEpochSecond();
    return Stream.concat(
        names().map(name -> name.info(now)), deadTasks.list().map(DeadTasks.Entry::info));
  }

  Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) throws IOException {
    long now = clock.instant().getEpochSecond();
    return names()
        .filter(name -> which.test(name.info(now)))
        .flatMap(name -> entry(name, now).stream());
  }

  @SuppressWarnings("StreamResourceLeak") // closed by the caller
  private Stream<TaskName> names() throws IOException {
    Naming.Reader reader = naming.reader();
    return Files.list(directory.queue())
        .flatMap(file -> Stream.ofNullable(TaskName.parse(file.getFileName().toString())))
        .map(
            name -> {
              try {
                return reader.read(name);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private Optional<TaskEntry> entry(TaskName name, long now) {
    try {
      return Optional.of(new TaskEntry(name.info(now), TaskFiles.payload(directory.task(name))));
    } catch (InvalidPayloadException | AccessDeniedException e) {
      log.warn("{}: task {} cannot be read: {}", directory.root(), name.id(), reason(e));
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
    TaskName found = directory.find(name -> name.id().equals(id));
    if (found == null) {
      DeadTasks.Entry dead = deadTasks.find(id);
      return dead == null ? Optional.empty() : detail(dead.info(), dead.file());
    }
    return detail(
        naming.reader().read(found).info(clock.instant().getEpochSecond()), directory.task(found));
  }

  private Optional<TaskDetail> detail(TaskInfo info, Path file) throws IOException {
    try {
      return Optional.of(new TaskDetail(info, TaskFiles.body(file), deadTasks.failures(info.id())));
    } catch (InvalidPayloadException | AccessDeniedException e) {
      String body = "(" + reason(e) + ")";
      return Optional.of(new TaskDetail(info, body, deadTasks.failures(info.id())));
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
                return detail(dead.info(), dead.file()).stream();
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
          return isFree && naming.revive(dead);
        });
  }

  /** Those of these ids that tasks in {@code queue/} have. */
  private Set<TaskId> idsInQueue(List<DeadTasks.Entry> wanted) throws IOException {
    Set<TaskId> ids = new HashSet<>();
    wanted.forEach(dead -> ids.add(dead.id()));
    return wanted.isEmpty() ? ids : directory.idsAmong(ids);
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
    directory.forEachTask(
        name -> {
          if (!ids.contains(name.id()) || removed.contains(name.id())) {
            return;
          }
          if (naming.delete(name)) {
            removed.add(name.id());
          } else {
            raced[0] = true;
          }
        });
    return raced[0];
  }

  long releaseAll(Predicate<? super TaskInfo> which) throws IOException {
    long now = ServerClock.earliest(clock).getEpochSecond();
    Naming.Reader reader = naming.reader();
    long[] released = {0};
    directory.forEachTask(
        listed -> {
          TaskName name = reader.read(listed);
          TaskInfo info = name.info(now);
          if (info.state() == TaskState.LEASED && which.test(info)) {
            boolean done = naming.move(name, naming.released(name));
            released[0] += done ? 1 : 0;
          }
        });
    return released[0];
  }

  long purge() throws IOException {
    long[] removed = {0};
    directory.forEachTask(name -> removed[0] += naming.delete(name) ? 1 : 0);
    return removed[0];
  }
}
