package dev.fq.file;

import dev.fq.spi.Failure;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * Whether what lies in a queue's directory is a queue's. Repairs, when asked, only what loses no
 * task. RACE: workers go on meanwhile; what looks wrong is looked at again before it is told.
 */
final class SoundnessCheck {

  private static final String SILLY_RENAMED = ".nfs";
  private static final int NUL_BUFFER = 8_192;

  private final QueueDirectory directory;
  private final DeadTasks deadTasks;
  private final Naming naming;
  private final Clock clock;
  private final boolean fix;
  private final long bodies;

  // What one pass over queue/ found.
  private final Map<TaskId, TaskName> tasks = new HashMap<>();
  private final List<TaskName> seconds = new ArrayList<>();
  private final TreeSet<String> foreign = new TreeSet<>();

  /**
   * @param fix whether to repair
   * @param bodies how many tasks to read
   */
  SoundnessCheck(QueueDirectory directory, Clock clock, Random random, boolean fix, long bodies) {
    this.directory = directory;
    Permissions permissions = directory.permissions(random);
    this.deadTasks = directory.deadTasks(permissions, random);
    this.naming = directory.naming(deadTasks, permissions, clock, Holders.here(random));
    this.clock = clock;
    this.fix = fix;
    this.bodies = bodies;
  }

  List<Finding> examine() throws IOException {
    Listing.forEach(directory.queue(), this::look);
    return List.of(doubled(), unreadable(), foreign(), leftovers(), dead(), records(), counters());
  }

  /** How many tasks are in {@code queue/}. */
  long tasks() {
    return tasks.size();
  }

  private void look(String fileName) {
    TaskName name = TaskName.parse(fileName);
    if (name == null) {
      if (!fileName.startsWith(SILLY_RENAMED)) {
        foreign.add(fileName);
      }
      return;
    }
    TaskName other = tasks.putIfAbsent(name.id(), name);
    if (other != null && !other.fileName().equals(fileName)) {
      boolean later = name.attempt() > other.attempt();
      if (later) {
        tasks.put(name.id(), name);
      }
      seconds.add(later ? other : name);
    }
  }

  private Finding doubled() throws IOException {
    int found = 0;
    int mended = 0;
    for (TaskName second : seconds) {
      TaskName first = tasks.get(second.id());
      // RACE: one that was renamed while we listed has come under both names, and has one.
      if (first != null && isThere(first) && isThere(second)) {
        found++;
        mended += fix && part(first, second) ? 1 : 0;
      }
    }
    return found == 0
        ? Finding.ok("ids", "each of %s tasks has its own".formatted(tasks.size()))
        : mended == found
            ? Finding.warn("ids", "%s were those of two files each; mended".formatted(found), "")
            : Finding.bad(
                "ids",
                "%s are those of two files each, such as %s".formatted(found, seconds.get(0).id()),
                "let fq doctor --fix part them: they would be run twice, and lose each other");
  }

  private boolean isThere(TaskName name) {
    return Files.exists(directory.task(name));
  }

  /** The same task twice is one too many; two different ones get an id each. */
  private boolean part(TaskName first, TaskName second) throws IOException {
    try {
      AtomicFiles.requireRegular(directory.task(first));
      AtomicFiles.requireRegular(directory.task(second));
      boolean same = Files.mismatch(directory.task(first), directory.task(second)) < 0;
      return same
          ? AtomicFiles.delete(directory.task(second))
          : naming.publish(directory.task(second), TaskId.next(), second.due(), IdOrigin.GENERATED);
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return false;
      }
      throw e;
    }
  }

  private Finding unreadable() throws IOException {
    long read = 0;
    int all = tasks.size();
    List<String> bad = new ArrayList<>();
    long mended = 0;
    for (TaskName name : List.copyOf(tasks.values())) {
      if (read == bodies) {
        break;
      }
      read++;
      try {
        TaskFiles.payload(directory.task(name));
      } catch (InvalidPayloadException e) {
        if (!naming.mayBeUnfinished(name)) {
          bad.add(name.id() + ": " + e.getMessage());
          mended += fix && putAside(name, e) ? 1 : 0;
        }
      } catch (AccessDeniedException e) {
        bad.add(name.id() + ": this user may not read it");
      } catch (IOException e) {
        // RACE: leased, renewed or completed since the listing.
        if (!AtomicFiles.isGone(e)) {
          throw e;
        }
      }
    }
    String count = "%s of %s tasks read".formatted(read, all);
    if (bad.isEmpty()) {
      return Finding.ok("bodies", count + ", all sound");
    }
    return mended == bad.size()
        ? Finding.warn("bodies", "%s, %s broken; dead now".formatted(count, mended), "fq dead list")
        : Finding.bad(
            "bodies",
            "%s, %s broken, such as %s".formatted(count, bad.size(), bad.get(0)),
            "mend the files, or let fq doctor --fix put them among the dead");
  }

  /** As a worker would that leases it; not what somebody holds, nor what only we may not read. */
  private boolean putAside(TaskName name, InvalidPayloadException e) throws IOException {
    Path file = directory.task(name);
    boolean moved =
        name.isDue(ServerClock.earliest(clock).getEpochSecond())
            && Files.isReadable(file)
            && naming.giveUp(name);
    if (moved) {
      String holder = name.holder() == null ? "" : name.holder();
      String reason = "not a task: " + e.getMessage();
      tasks.remove(name.id());
      deadTasks.log(name.id(), new Failure(name.attempt(), holder, clock.instant(), reason));
    }
    return moved;
  }

  private Finding foreign() throws IOException {
    Listing.forEach(
        directory.root(),
        name -> {
          if (!QueueDirectory.isOurs(name)) {
            foreign.add("../" + name);
          }
        });
    return foreign.isEmpty()
        ? Finding.ok("names", "none is foreign")
        : Finding.warn(
            "names",
            "%s in queue/ are none of a task's, such as %s"
                .formatted(foreign.size(), foreign.first()),
            "they are passed over; if one should be a task, rename it to 0--ID.json");
  }

  private Finding leftovers() throws IOException {
    if (!Files.isDirectory(directory.tmp())) {
      return Finding.ok("tmp", "nothing, as it is missing");
    }
    Instant now = clock.instant();
    if (fix) {
      int removed = Leftovers.remove(directory.tmp(), now);
      return Finding.ok("tmp", "%s leftovers of killed inserts; removed".formatted(removed));
    }
    int old = Leftovers.count(directory.tmp(), now);
    return old == 0
        ? Finding.ok("tmp", "no leftovers")
        : Finding.warn(
            "tmp",
            old + " leftovers of killed inserts, older than a day",
            "nothing: the next insert removes them, or fq doctor --fix");
  }

  private Finding dead() throws IOException {
    int[] found = {0, 0};
    deadTasks.forEach(
        dead -> {
          found[0]++;
          found[1] += tasks.containsKey(dead.id()) ? 1 : 0;
        });
    if (found[1] > 0) {
      return Finding.warn(
          "dead",
          "dead tasks: %s, of which %s are in queue/ too".formatted(found[0], found[1]),
          "fq dead purge those that are, if their retry was meant");
    }
    return found[0] == 0
        ? Finding.ok("dead", "no task is")
        : Finding.warn("dead", "dead tasks: " + found[0], "fq dead list says why");
  }

  private Finding records() throws IOException {
    List<Path> orphans =
        new Sidecars(directory, deadTasks).orphans(tasks.keySet(), clock.instant());
    if (orphans.isEmpty()) {
      return Finding.ok("records", "each is of a task");
    }
    String found = "%s of tasks that are gone".formatted(orphans.size());
    if (!fix) {
      return Finding.warn("records", found, "fq doctor --fix removes them");
    }
    for (Path orphan : orphans) {
      AtomicFiles.delete(orphan);
    }
    return Finding.ok("records", found + "; removed");
  }

  private Finding counters() throws IOException {
    try {
      Counters.totals(directory.root());
    } catch (IOException e) {
      return Finding.bad("counters", String.valueOf(e.getMessage()), "remove the file");
    }
    List<String> holes = new ArrayList<>();
    Listing.forEach(
        directory.root(),
        name -> {
          boolean isHosts = CounterNames.isCounter(name) && !CounterNames.isOfPython(name);
          if (isHosts && hasNul(directory.root().resolve(name))) {
            holes.add(name);
          }
        });
    return holes.isEmpty()
        ? Finding.ok("counters", "readable and without holes")
        : Finding.warn(
            "counters",
            holes.get(0) + " has holes: two hosts of one name append to it, and counts are lost",
            "give hosts names of their own; fq rezero begins anew");
  }

  private static boolean hasNul(Path file) throws IOException {
    try (var in = AtomicFiles.openToRead(file)) {
      byte[] buffer = new byte[NUL_BUFFER];
      for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
        for (int i = 0; i < length; i++) {
          if (buffer[i] == 0) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
