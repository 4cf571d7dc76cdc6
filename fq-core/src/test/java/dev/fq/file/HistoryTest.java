package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.Failure;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Drives random histories of verbs and steps of the clock through a file queue and the memory
 * queue, which is the model, and compares all that can be seen of the two after each step.
 *
 * <p>A lease takes all that is waiting, since the order in which tasks come out is not promised.
 * Every lease ever given is kept and used again, so that holders who lost theirs are in every
 * history too. Times are whole seconds: the file queue rounds up to them.
 */
class HistoryTest {

  private static final int MAX_TASKS = 8;

  /** In seconds; longer than a lease, since what a bundle's tasks share is not made shorter. */
  private static final int LONG_RENEWAL = 100;

  /** One step: a verb, which of the known leases it is for, and a number of seconds. */
  record Step(Verb verb, int which, int seconds) {}

  enum Verb {
    INSERT,
    LEASE,
    RENEW,
    RELEASE,
    COMPLETE,
    DELETE,
    FAIL,
    GIVE_UP,
    RELEASE_ALL,
    RELEASE_SOME,
    PURGE,
    REZERO,
    PASS_TIME
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Verb> verbs =
        Arbitraries.frequency(
            Tuple.of(5, Verb.INSERT),
            Tuple.of(8, Verb.LEASE),
            Tuple.of(3, Verb.RENEW),
            Tuple.of(3, Verb.RELEASE),
            Tuple.of(4, Verb.COMPLETE),
            Tuple.of(2, Verb.DELETE),
            Tuple.of(4, Verb.FAIL),
            Tuple.of(2, Verb.GIVE_UP),
            Tuple.of(2, Verb.RELEASE_ALL),
            Tuple.of(2, Verb.RELEASE_SOME),
            Tuple.of(1, Verb.PURGE),
            Tuple.of(1, Verb.REZERO),
            Tuple.of(6, Verb.PASS_TIME));
    return Combinators.combine(
            verbs, Arbitraries.integers().between(0, 1_000), Arbitraries.integers().between(0, 40))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  /**
   * How long the seconds of steps are. Python's names tell leases apart by their last second, and
   * give one a few seconds more for that: with coarse times, that changes no order.
   *
   * @param unit of all times
   * @param rest what leases and delays have more than whole units
   */
  private record Scale(Duration unit, Duration rest) {
    static final Scale SECONDS = new Scale(Duration.ofSeconds(1), Duration.ZERO);
    static final Scale COARSE = new Scale(Duration.ofSeconds(1_000), Duration.ofSeconds(500));

    Duration passing(int seconds) {
      return unit.multipliedBy(seconds);
    }

    Duration lasting(int seconds) {
      return seconds == 0 ? Duration.ZERO : passing(seconds).plus(rest);
    }

    Instant shown(Instant time) {
      long seconds = time.getEpochSecond();
      return Instant.ofEpochSecond(seconds - seconds % unit.toSeconds());
    }
  }

  @Property(tries = 400)
  void fileQueueShowsWhatTheModelShows(@ForAll("histories") List<Step> history) throws Exception {
    compare(history, false, Scale.SECONDS);
  }

  @Property(tries = 400)
  void queueSharedWithPythonShowsWhatTheModelShows(@ForAll("histories") List<Step> history)
      throws Exception {
    compare(history, true, Scale.COARSE);
  }

  /**
   * Tasks with files of their own and bundles of three side by side. What a bundle's tasks have in
   * common the model has not: a renewal makes the leases of all last, and never shorter, and an
   * operator's release of one ends those of the others. So all are renewed, and all are released.
   */
  @Property(tries = 400)
  void bundlesAndSingleTasksShowWhatTheModelShows(@ForAll("histories") List<Step> history)
      throws Exception {
    compare(
        history.stream()
            .map(
                step ->
                    step.verb == Verb.RELEASE_SOME
                        ? new Step(Verb.RELEASE_ALL, step.which, step.seconds)
                        : step)
            .toList(),
        false,
        Scale.SECONDS,
        Inserted.MIXED);
  }

  /** How tasks come into the file queue: one by one, or by turns so and three in a bundle. */
  private enum Inserted {
    SINGLY,
    MIXED
  }

  private static void compare(List<Step> history, boolean shared, Scale scale) throws Exception {
    compare(history, shared, scale, Inserted.SINGLY);
  }

  private static void compare(List<Step> history, boolean shared, Scale scale, Inserted how)
      throws Exception {
    MutableClock clock = MutableClock.atSomeTime();
    try (FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
        FileQueue files =
            FileQueue.at(fileSystem.getPath("/work/q"))
                .clock(clock)
                .random(new Random(1))
                .sharedWithPython(shared)
                .open(OpenMode.CREATE)) {
      QueueBackend model = JumpingMemoryQueue.at(clock);
      List<Runner> runners =
          List.of(new Runner(files, clock, scale, how), new Runner(model, clock, scale, how));
      int inserted = 0;
      for (Step step : history) {
        if (step.verb == Verb.PASS_TIME) {
          clock.advance(scale.passing(step.seconds));
        }
        Step bounded =
            step.verb == Verb.INSERT && inserted++ >= MAX_TASKS
                ? new Step(Verb.LEASE, step.which, step.seconds)
                : step;
        TaskId id = new TaskId("t" + inserted);
        List<String> seen = new ArrayList<>();
        for (Runner runner : runners) {
          seen.add(runner.take(bounded, id) + "\n" + runner.look());
        }
        assertThat(seen.get(0)).as("after %s", step).isEqualTo(seen.get(1));
        if (shared) {
          pythonCanReadAndFindEveryTask(files.path());
        }
      }
    }
  }

  private static void pythonCanReadAndFindEveryTask(Path queue) throws IOException {
    List<Path> tasks;
    try (Stream<Path> files = Files.list(queue.resolve("queue"))) {
      tasks = files.toList();
    }
    for (Path task : tasks) {
      String name = task.getFileName().toString();
      assertThat(name).matches("[0-9]+--(?!.*--)[^.]*\\.json");
      String id = name.substring(name.indexOf("--") + 2, name.length() - ".json".length());
      List<String> names = Files.readAllLines(queue.resolve("movement").resolve(id));
      assertThat(names).contains(name);
    }
    try (Stream<Path> records = Files.list(queue.resolve("movement"))) {
      assertThat(records).as("of %s", tasks).hasSize(tasks.size());
    }
  }

  /** Takes the steps on one queue. Leases are known by task and attempt, alike on both queues. */
  private static final class Runner {
    private final QueueBackend queue;
    private final MutableClock clock;
    private final Scale scale;
    private final Inserted how;
    private final List<Lease> leases = new ArrayList<>();

    Runner(QueueBackend queue, MutableClock clock, Scale scale, Inserted how) {
      this.how = how;
      this.queue = queue;
      this.clock = clock;
      this.scale = scale;
    }

    String take(Step step, TaskId id) throws Exception {
      try {
        return step.verb + " " + outcome(step, id);
      } catch (LeaseLostException e) {
        return step.verb + " lost";
      }
    }

    private Object outcome(Step step, TaskId id) throws Exception {
      Duration time = scale.lasting(step.seconds);
      Duration leaseTime = scale.lasting(step.seconds + 1);
      switch (step.verb) {
        case INSERT -> insert(id, time, how == Inserted.MIXED && step.which % 2 == 0);
        case LEASE -> {
          return lease(leaseTime);
        }
        case RELEASE_ALL -> {
          return queue.releaseAll(info -> true);
        }
        case RELEASE_SOME -> {
          return queue.releaseAll(info -> info.id().value().hashCode() % 2 == 0);
        }
        case PURGE -> {
          return queue.purge().orElseThrow();
        }
        case REZERO -> queue.rezero();
        default -> {
          return leases.isEmpty() ? "none" : useLease(step, time, leaseTime);
        }
      }
      return "done";
    }

    private void insert(TaskId id, Duration delay, boolean bundled) throws IOException {
      List<NewTask> tasks = new ArrayList<>();
      for (String name : bundled ? List.of(id + "a", id + "b", id + "c") : List.of(id.value())) {
        tasks.add(
            new NewTask(
                new TaskId(name), Payload.ofJson('"' + name + '"'), delay, IdOrigin.GENERATED));
      }
      if (bundled && queue.capabilities().contains(Capability.BUNDLES)) {
        queue.insertBundled(tasks, tasks.size());
      } else {
        queue.insert(tasks);
      }
    }

    /** Those that are lost stay so. */
    private String renewAll(Duration time) throws IOException {
      List<String> renewed = new ArrayList<>();
      for (Lease lease : List.copyOf(leases)) {
        try {
          leases.add(queue.renew(lease, time));
          renewed.add(lease.id() + " " + lease.attempt());
        } catch (LeaseLostException e) {
          renewed.add("lost");
        }
      }
      return renewed.toString();
    }

    private String lease(Duration time) throws Exception {
      Map<String, String> won = new TreeMap<>();
      List<Lease> fresh = new ArrayList<>(queue.lease(100, time, Duration.ZERO));
      fresh.sort((one, other) -> one.id().compareTo(other.id()));
      for (Lease lease : fresh) {
        leases.add(lease);
        Instant deadline = scale.shown(lease.deadline());
        won.put(lease.id().value(), lease.attempt() + " " + deadline + lease.payload());
      }
      return won.toString();
    }

    private String useLease(Step step, Duration time, Duration leaseTime)
        throws IOException, LeaseLostException {
      if (how == Inserted.MIXED && step.verb == Verb.RENEW) {
        return renewAll(scale.lasting(LONG_RENEWAL));
      }
      int which = step.which % leases.size();
      Lease lease = leases.get(which);
      switch (step.verb) {
        case RENEW -> leases.add(queue.renew(lease, leaseTime));
        case RELEASE -> queue.release(lease);
        case COMPLETE -> queue.complete(lease);
        case DELETE -> queue.delete(lease);
        case FAIL -> queue.fail(lease, "reason " + step.which, time);
        case GIVE_UP -> queue.giveUp(lease, "reason " + step.which);
        default -> {
          return "passed";
        }
      }
      return lease.id() + " " + lease.attempt();
    }

    /** All that can be seen of the queue, but for who holds what. */
    String look() throws IOException {
      Map<String, String> tasks = new HashMap<>();
      try (Stream<TaskInfo> infos = queue.list()) {
        for (TaskInfo info : (Iterable<TaskInfo>) infos::iterator) {
          TaskDetail detail = queue.peek(info.id()).orElseThrow();
          tasks.put(info.id().value(), line(info, detail));
        }
      }
      return queue.stats() + " " + new TreeMap<>(tasks);
    }

    private String line(TaskInfo info, TaskDetail detail) {
      boolean pending = info.due().isAfter(clock.instant());
      Instant due = pending ? scale.shown(info.due()) : Instant.EPOCH;
      List<String> failures = detail.failures().stream().map(Runner::line).toList();
      return "%s %s %d %s %s"
          .formatted(info.state(), due, info.attempt(), pending && info.holder() != null, failures);
    }

    private static String line(Failure failure) {
      return failure.attempt() + " " + failure.at() + " " + failure.reason();
    }
  }
}
