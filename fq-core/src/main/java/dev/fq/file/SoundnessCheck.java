package dev.fq.file;

import dev.fq.file.counter.CounterNames;
import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Leftovers;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Format;
import dev.fq.file.format.ListedTask;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.SingleTask;
import dev.fq.file.format.TaskFile;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether what lies in a queue's directory is a queue's. Repairs, when asked, only what loses no
 * task. RACE: workers go on meanwhile; what looks wrong is looked at again before it is told.
 */
final class SoundnessCheck {

  private static final String SILLY_RENAMED = ".nfs";
  private static final int NUL_BUFFER = 8_192;

  private final OpenQueue queue;
  private final QueueDirectory directory;
  private final DeadTasks deadTasks;
  private final Optional<Format.NameCheck> names;
  private final Clock clock;
  private final boolean fix;
  private final long bodies;

  // What one pass over queue/ found.
  private final Map<TaskId, SingleTask> tasks = new HashMap<>();
  private final Map<TaskId, TaskFile> bundles = new LinkedHashMap<>();
  private final List<SingleTask> seconds = new ArrayList<>();
  private final TreeSet<String> foreign = new TreeSet<>();
  private final Map<Format.NameFault, TreeSet<String>> faults = new LinkedHashMap<>();

  /**
   * @param fix whether to repair
   * @param bodies how many tasks to read
   */
  SoundnessCheck(OpenQueue queue, boolean fix, long bodies) {
    this.queue = queue;
    this.directory = queue.directory();
    this.deadTasks = queue.deadTasks();
    this.names = queue.format().nameCheck();
    this.clock = queue.clock();
    this.fix = fix;
    this.bodies = bodies;
  }

  List<Finding> examine() throws IOException {
    Listing.forEach(directory.queue(), this::look);
    List<Finding> findings =
        new ArrayList<>(
            List.of(
                doubled(), unreadable(), foreign(), leftovers(), dead(), records(), counters()));
    if (!bundles.isEmpty()) {
      findings.add(bundles());
    }
    findings.addAll(ofFormat());
    return findings;
  }

  /** How many tasks are in {@code queue/}. */
  long tasks() {
    return tasks.size();
  }

  private void look(String fileName) {
    names.ifPresent(check -> look(check, fileName));
    TaskFile file = queue.format().parse(fileName);
    if (file == null && !fileName.startsWith(SILLY_RENAMED)) {
      foreign.add(fileName);
    } else if (file instanceof SingleTask task) {
      look(task);
    } else if (file != null) {
      bundles.put(file.id(), file);
    }
  }

  private void look(Format.NameCheck check, String fileName) {
    for (Format.NameFault fault : check.faults()) {
      if (fault.isIn().test(fileName)) {
        faults.computeIfAbsent(fault, none -> new TreeSet<>()).add(fileName);
        return;
      }
    }
  }

  private void look(SingleTask task) {
    SingleTask other = tasks.putIfAbsent(task.id(), task);
    if (other != null && !other.fileName().equals(task.fileName())) {
      boolean later = task.name().attempt() > other.name().attempt();
      if (later) {
        tasks.put(task.id(), task);
      }
      seconds.add(later ? other : task);
    }
  }

  private Finding doubled() throws IOException {
    int found = 0;
    int mended = 0;
    for (SingleTask second : seconds) {
      SingleTask first = tasks.get(second.id());
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

  private boolean isThere(SingleTask task) {
    return Files.exists(path(task));
  }

  private Path path(SingleTask task) {
    return directory.file(task.fileName());
  }

  /** The same task twice is one too many; two different ones get an id each. */
  private boolean part(SingleTask first, SingleTask second) throws IOException {
    try {
      AtomicFiles.requireRegular(path(first));
      AtomicFiles.requireRegular(path(second));
      boolean same = Files.mismatch(path(first), path(second)) < 0;
      return same
          ? AtomicFiles.delete(path(second))
          : queue.format().publish(path(second), TaskId.next(), second.due(), IdOrigin.GENERATED);
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
    for (SingleTask task : List.copyOf(tasks.values())) {
      if (read == bodies) {
        break;
      }
      read++;
      try {
        task.payload();
      } catch (InvalidPayloadException e) {
        if (!task.mayBeUnfinished()) {
          bad.add(task.id() + ": " + e.getMessage());
          mended += fix && putAside(task, e) ? 1 : 0;
        }
      } catch (AccessDeniedException e) {
        bad.add(task.id() + ": this user may not read it");
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

  private Finding bundles() throws IOException {
    long read = 0;
    long broken = 0;
    String example = "";
    for (TaskFile bundle : bundles.values()) {
      for (ListedTask task : read < bodies ? bundle.tasks() : List.<ListedTask>of()) {
        read++;
        try {
          task.payload();
        } catch (InvalidPayloadException e) {
          broken++;
          example = bundle.fileName() + ": " + e.getMessage();
        }
      }
    }
    String count = "%s bundles, %s of their tasks read".formatted(bundles.size(), read);
    return broken == 0
        ? Finding.ok("bundles", count + ", all sound")
        : Finding.bad(
            "bundles",
            "%s, %s broken, such as in %s".formatted(count, broken, example),
            "mend those lines; a worker that takes them puts them among the dead");
  }

  /** As a worker would that leases it; not what somebody holds, nor what only we may not read. */
  private boolean putAside(SingleTask task, InvalidPayloadException e) throws IOException {
    boolean moved =
        task.isDue(ServerClock.earliest(clock).getEpochSecond())
            && Files.isReadable(path(task))
            && task.giveUp("not a task: " + e.getMessage());
    if (moved) {
      tasks.remove(task.id());
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
    List<Path> orphans = orphans();
    if (orphans.isEmpty()) {
      return Finding.ok("records", "each is of a task");
    }
    String found = "%s of tasks that are gone".formatted(orphans.size());
    if (!fix) {
      return Finding.warn("records", found, "fq doctor --fix removes them");
    }
    for (Path orphan : orphans) {
      remove(orphan);
    }
    return Finding.ok("records", found + "; removed");
  }

  private static void remove(Path orphan) throws IOException {
    if (AtomicFiles.isRealDirectory(orphan)) {
      for (String name : Listing.names(orphan)) {
        AtomicFiles.delete(orphan.resolve(name));
      }
    }
    AtomicFiles.delete(orphan);
  }

  /**
   * What is kept beside tasks that are gone, and that nobody has written to for a day: killed
   * workers leave it, and every now and then one of Python's. RACE: whoever makes or renames a task
   * meanwhile writes to it.
   */
  private List<Path> orphans() throws IOException {
    Set<TaskId> alive = new HashSet<>(tasks.keySet());
    alive.addAll(bundles.keySet());
    deadTasks.forEach(dead -> alive.add(dead.id()));
    List<Path> orphans = new ArrayList<>();
    Instant now = clock.instant();
    queue
        .format()
        .forEachSidecar(
            (id, file) -> {
              if (!alive.contains(id) && Leftovers.isUntouched(file, now)) {
                orphans.add(file);
              }
            });
    return orphans;
  }

  private List<Finding> ofFormat() {
    List<Finding> findings = new ArrayList<>();
    queue
        .format()
        .notice()
        .ifPresent(
            notice -> findings.add(Finding.warn(notice.check(), notice.found(), notice.advice())));
    names.ifPresent(
        check -> {
          if (faults.isEmpty()) {
            findings.add(Finding.ok(check.check(), check.sound()));
          }
          faults.forEach(
              (fault, found) ->
                  findings.add(
                      Finding.bad(
                          check.check(),
                          fault.found().formatted(found.size()) + ", such as " + found.first(),
                          fault.advice())));
        });
    return findings;
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
