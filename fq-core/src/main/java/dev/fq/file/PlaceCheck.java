package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Nonces;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.QueueDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Whether a directory is a place where a queue can be. Leaves nothing behind in {@code tmp/}. */
final class PlaceCheck {

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int PROCESSES = 2;
  private static final int THREADS = 2;
  private static final Duration TOLERATED_OFFSET = Duration.ofSeconds(2);
  private static final Duration TOLERATED_LISTING = Duration.ofSeconds(10);
  private static final Duration LONGEST_UNSEEN = Duration.ofSeconds(5);
  private static final long LITTLE_SPACE = 100L << 20;
  private static final long FEW_FILES = 1_000;
  private static final int DF_ALL = 1;
  private static final int DF_FREE = 3;

  private final QueueDirectory directory;
  private final ServerClock clock;
  private final Random random;

  PlaceCheck(QueueDirectory directory, ServerClock clock, Random random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  /**
   * @param tasks how many are in the queue
   */
  List<Finding> examine(long tasks) throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(fileSystem());
    findings.add(space(tasks));
    findings.addAll(races());
    findings.add(hardLinks());
    findings.add(visibility());
    findings.add(clock());
    findings.add(listing());
    return findings;
  }

  private Finding fileSystem() throws IOException {
    if (Files.isReadable(MOUNTS)) {
      Path real = directory.root().toRealPath();
      Finding finding = Mount.of(Files.readAllLines(MOUNTS), real).map(Mount::finding).orElse(null);
      if (finding != null) {
        return finding;
      }
    }
    return Finding.ok("file system", Files.getFileStore(directory.root()).type());
  }

  private Finding space(long tasks) throws IOException, InterruptedException {
    long free = Files.getFileStore(directory.root()).getUsableSpace();
    OptionalLong files = freeFiles();
    String found =
        "%s MiB%s are free; %s tasks are here"
            .formatted(
                free >> 20, files.isPresent() ? " and " + files.getAsLong() + " files" : "", tasks);
    return free < LITTLE_SPACE || files.orElse(Long.MAX_VALUE) < FEW_FILES
        ? Finding.bad("space", found, "make room: an insert that finds none fails")
        : files.orElse(Long.MAX_VALUE) < tasks
            ? Finding.warn("space", found, "as many tasks again do not fit: each takes a file")
            : Finding.ok("space", found);
  }

  /** Java does not tell of inodes; df of GNU, BSD and BusyBox does. Some file systems have none. */
  private OptionalLong freeFiles() throws InterruptedException {
    try {
      Process df = new ProcessBuilder("df", "-i", "-P", directory.root().toString()).start();
      List<String> lines = df.inputReader(StandardCharsets.UTF_8).lines().toList();
      String[] fields = lines.isEmpty() ? new String[0] : lines.get(lines.size() - 1).split(" +");
      boolean told =
          df.waitFor() == 0 && fields.length > DF_FREE && fields[DF_FREE].matches("\\d+");
      return told && !fields[DF_ALL].equals("0")
          ? OptionalLong.of(Long.parseLong(fields[DF_FREE]))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Renames and appends at the same time by threads of this process and by other processes. */
  private List<Finding> races() throws IOException, InterruptedException {
    String race = "doctor." + Nonces.next(random);
    List<Process> processes = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int i = 0; i < Racer.FILES; i++) {
        AtomicFiles.write(Racer.file(directory.tmp(), race, i), new byte[0]);
      }
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(start(race, "process" + i));
      }
      int won = run(race, processes, threads);
      return List.of(exclusive(won), appended(race));
    } catch (ExecutionException e) {
      throw new IOException("cannot race for files: " + e.getMessage(), e);
    } finally {
      threads.shutdownNow();
      processes.forEach(Process::destroyForcibly);
      remove(race);
    }
  }

  private Process start(String race, String name) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Racer.class.getName(),
            directory.tmp().toString(),
            race,
            name)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private int run(String race, List<Process> processes, ExecutorService threads)
      throws IOException, InterruptedException, ExecutionException {
    List<BufferedReader> answers = new ArrayList<>();
    for (Process process : processes) {
      BufferedReader answer = process.inputReader(StandardCharsets.UTF_8);
      if (!Racer.READY.equals(answer.readLine())) {
        throw new IOException("a process of our own, started to race for files, did not begin");
      }
      answers.add(answer);
    }
    for (Process process : processes) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }
    List<Future<Integer>> ours = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Racer racer = new Racer(directory.tmp(), race, "thread" + i);
      ours.add(threads.submit(racer::run));
    }
    int won = 0;
    for (Future<Integer> one : ours) {
      won += one.get();
    }
    for (BufferedReader answer : answers) {
      won += Integer.parseInt(String.valueOf(answer.readLine()));
    }
    return won;
  }

  private static Finding exclusive(int won) {
    String by = "%s threads and %s processes".formatted(THREADS, PROCESSES);
    return won == Racer.FILES
        ? Finding.ok("rename", "%s files, each won by one of %s".formatted(won, by))
        : Finding.bad(
            "rename",
            "%s files were won %s times by %s: tasks would be run twice or be lost"
                .formatted(Racer.FILES, won, by),
            "use another file system");
  }

  private Finding appended(String race) throws IOException {
    int expected = (THREADS + PROCESSES) * Racer.APPENDS;
    long found = Files.size(Racer.count(directory.tmp(), race));
    return found == expected
        ? Finding.ok("append", "%s bytes by several processes, none lost".formatted(found))
        : Finding.bad(
            "append",
            "%s of %s bytes that several processes appended are there: counts would be too low"
                .formatted(found, expected),
            "do not trust counts here, or use another file system");
  }

  private void remove(String race) throws IOException {
    List<String> names = new ArrayList<>();
    Listing.forEach(directory.tmp(), name -> names.add(name));
    for (String name : names) {
      if (name.startsWith(race)) {
        AtomicFiles.delete(directory.tmp().resolve(name));
      }
    }
  }

  /** What keeps a task from taking the place of another that has its id; see link(2). */
  private Finding hardLinks() throws IOException {
    Path file = directory.draft("doctor", random);
    Path link = directory.draft("doctor", random);
    try {
      AtomicFiles.write(file, new byte[0]);
      Files.createLink(link, file);
      return Finding.ok("hard links", "there are; an id that is taken is refused");
    } catch (UnsupportedOperationException | FileSystemException e) {
      return Finding.warn(
          "hard links",
          "none can be made here (%s)".formatted(e.getMessage()),
          "two inserts of one id at the very same moment may leave one of two tasks; ids that fq"
              + " makes itself are not concerned");
    } finally {
      AtomicFiles.removeProbe(file);
      AtomicFiles.removeProbe(link);
    }
  }

  private Finding visibility() throws IOException {
    Path file = directory.tmp().resolve("doctor." + Nonces.next(random));
    AtomicFiles.write(file, new byte[0]);
    try {
      long start = System.nanoTime();
      Duration passed = Duration.ZERO;
      while (!isListed(file)) {
        passed = Duration.ofNanos(System.nanoTime() - start);
        if (passed.compareTo(LONGEST_UNSEEN) > 0) {
          return Finding.bad(
              "new files",
              "not in a listing after %s s".formatted(passed.toSeconds()),
              "use another file system: workers find tasks by listing");
        }
      }
      return Finding.ok("new files", "in a listing after %s ms".formatted(passed.toMillis()));
    } finally {
      AtomicFiles.delete(file);
    }
  }

  private boolean isListed(Path file) throws IOException {
    boolean[] seen = {false};
    String wanted = file.getFileName().toString();
    Listing.forEach(directory.tmp(), name -> seen[0] |= name.equals(wanted));
    return seen[0];
  }

  private Finding clock() {
    Duration offset = clock.offset();
    String found =
        String.format(
            Locale.ROOT,
            "this host's is %.3f s %s the file server's",
            Math.abs(offset.toMillis()) / 1e3,
            offset.isNegative() ? "ahead of" : "behind");
    return offset.abs().compareTo(TOLERATED_OFFSET) <= 0
        ? Finding.ok("clock", found)
        : Finding.warn("clock", found, "fq allows for it; for others' sake set the clock by NTP");
  }

  private Finding listing() throws IOException {
    long start = System.nanoTime();
    long[] names = {0};
    Listing.forEach(directory.queue(), name -> names[0]++);
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    String found = "%s names in %s ms".formatted(names[0], time.toMillis());
    return time.compareTo(TOLERATED_LISTING) <= 0
        ? Finding.ok("listing", found)
        : Finding.warn(
            "listing", found, "split the queue in two, or ask fewer workers to wait for it");
  }
}
