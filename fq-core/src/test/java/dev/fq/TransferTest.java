package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fq.memory.MemoryQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.Limit;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskLimits;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copying and moving between queues while others work, and after an interruption. */
class TransferTest {

  private static final InsertOptions NONE = InsertOptions.none();

  private final MemoryQueue source = new MemoryQueue("source", Clock.systemUTC());
  private final MemoryQueue target = new MemoryQueue("target", Clock.systemUTC());
  private final TaskQueue to = queue(target);

  private static TaskQueue queue(QueueBackend backend) {
    return TaskQueue.at("mem://unused").of(backend);
  }

  private static List<NewTask> tasks(int count) throws IOException {
    Payload payload = Payload.ofJson("1");
    return IntStream.range(0, count).mapToObj(i -> NewTask.of(payload, ZERO)).toList();
  }

  private static Set<TaskId> ids(MemoryQueue queue) {
    return queue.list().map(TaskInfo::id).collect(Collectors.toSet());
  }

  private Lease leaseOne(QueueBackend queue) throws IOException, InterruptedException {
    return queue.lease(1, ofMinutes(5), ZERO).get(0);
  }

  @Test
  void copiesKeepTheirIds() throws Exception {
    source.insert(tasks(600));

    assertThat(to.copyFrom(queue(source), NONE)).isEqualTo(600);

    assertThat(ids(target)).isEqualTo(ids(source)).hasSize(600);
  }

  @Test
  void copiesAndMovedTasksKeepWhatTheySayOfTheirAttempts() throws Exception {
    TaskLimits limits = TaskLimits.none().attempts(2).timeout(ofSeconds(9));
    Payload limited = Payload.ofJson("1").withLimits(limits);
    source.insert(List.of(NewTask.of(limited, ZERO)));

    to.copyFrom(queue(source), NONE);
    assertThat(leaseOne(target).payload().limits()).isEqualTo(limits);
    target.purge();
    to.moveFrom(queue(source), NONE);
    assertThat(leaseOne(target).payload().limits()).isEqualTo(limits);
  }

  @Test
  void moveThatMayNotLeaseEveryTaskIsRefusedAndMovesNone(@TempDir Path directory) throws Exception {
    try (TaskQueue limited = TaskQueue.open(directory.resolve("limited").toString());
        TaskQueue gated = TaskQueue.open(directory.resolve("gated").toString())) {
      limited.backend().insert(tasks(5));
      limited.backend().limit(new Limit(2, null));
      gated.backend().insert(tasks(5));
      gated.closeGate(limited);

      assertThatIOException()
          .isThrownBy(() -> to.moveFrom(limited, NONE))
          .withMessageEndingWith(
              "it has a limit, and tasks are leased to be moved; end the limit first");
      assertThatIOException()
          .isThrownBy(() -> to.moveFrom(gated, NONE))
          .withMessageEndingWith(
              "its gate is closed, and tasks are leased to be moved; open it first");

      assertThat(ids(target)).isEmpty();
      assertThat(limited.stats().waiting()).hasValue(5);
    }
  }

  @Test
  void whatIsThereAlreadyIsNotCopiedAgainWhateverItsState() throws Exception {
    source.insert(tasks(5));
    to.copyFrom(queue(source), NONE);
    target.giveUp(leaseOne(target), "no hope");
    leaseOne(target);
    source.insert(tasks(2));

    assertThat(to.copyFrom(queue(source), NONE)).isEqualTo(2);

    assertThat(target.list()).hasSize(7);
  }

  @Test
  void whatAFirstListingHasMissedIsCopiedAfterAll() throws Exception {
    source.insert(tasks(3));
    QueueBackend targetBeforeWhich =
        InterceptedQueue.of(
            target,
            verb -> {
              if (verb.equals("insert") && ids(source).size() == 3) {
                source.insert(tasks(1));
              }
            });

    assertThat(queue(targetBeforeWhich).copyFrom(queue(source), NONE)).isEqualTo(4);

    assertThat(ids(target)).isEqualTo(ids(source)).hasSize(4);
  }

  @Test
  void whatComesTwiceInAListingIsCopiedOnce() throws Exception {
    source.insert(tasks(3));

    assertThat(to.copyFrom(queue(listingTwice(source)), NONE)).isEqualTo(3);

    assertThat(target.list()).hasSize(3);
    assertThat(target.stats().inserted()).hasValue(3);
  }

  /** As a directory can be listed in which a task is renamed meanwhile. */
  private static QueueBackend listingTwice(MemoryQueue queue) {
    return new ForwardingQueue(queue) {
      @Override
      public Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) {
        List<TaskEntry> all = queue.entries(task -> true).toList();
        return Stream.of(1, 2)
            .flatMap(time -> all.stream())
            .filter(entry -> which.test(entry.info()));
      }
    };
  }

  @Test
  void moveThatWasKilledBeforeItCouldDeleteOnlyDeletesWhenMadeAgain() throws Exception {
    List<NewTask> tasks = tasks(3);
    source.insert(tasks);
    target.insert(tasks.subList(0, 2));

    assertThat(to.moveFrom(queue(source), NONE)).isEqualTo(3);

    assertThat(source.list()).isEmpty();
    assertThat(target.list()).hasSize(3).allMatch(task -> task.state() == TaskState.WAITING);
    assertThat(target.stats().inserted()).hasValue(3);
  }

  /** Moves one task, of whose id the second queue has a task too. */
  private void assertStays(String why) {
    TasksStayException e =
        catchThrowableOfType(TasksStayException.class, () -> to.moveFrom(queue(source), NONE));

    assertThat(e).hasMessage("1 tasks were moved, 1 stay");
    assertThat(e.moved()).isEqualTo(1);
    assertThat(e.staying()).hasSize(1).allSatisfy((id, reason) -> assertThat(reason).contains(why));
    assertThat(source.stats().waiting()).hasValue(1);
    assertThat(ids(source)).isEqualTo(e.staying().keySet());
  }

  private NewTask insertOneInBothAndOneInTheSource() throws Exception {
    NewTask task = tasks(1).get(0);
    source.insert(List.of(task));
    source.insert(tasks(1));
    target.insert(List.of(task));
    return task;
  }

  @Test
  void taskWhoseIdAnotherTaskHasStaysAndBothAreWhatTheyWere() throws Exception {
    NewTask task = tasks(1).get(0);
    source.insert(List.of(task));
    source.insert(tasks(1));
    target.insert(List.of(new NewTask(task.id(), Payload.ofJson("\"other\""), ZERO)));

    assertStays("there is another task of this id");

    assertThat(source.entries(any -> true).map(TaskEntry::payload)).containsExactly(task.payload());
    assertThat(target.entries(any -> true).map(entry -> entry.payload().json()))
        .containsExactlyInAnyOrder("\"other\"", "1");
  }

  @Test
  void taskThatIsDeadThereStays() throws Exception {
    insertOneInBothAndOneInTheSource();
    target.giveUp(leaseOne(target), "no hope");

    assertStays("there is a task of this id that is dead");
  }

  @Test
  void taskThatIsLeasedThereStaysSinceItsHolderMayBeAMoverTheOtherWay() throws Exception {
    insertOneInBothAndOneInTheSource();
    Lease lease = leaseOne(target);

    assertStays("there is a task of this id that is leased");

    target.complete(lease);
  }

  @Test
  void taskThatIsDelayedThereStays() throws Exception {
    insertOneInBothAndOneInTheSource();
    target.fail(leaseOne(target), "why", ofMinutes(5));

    assertStays("there is a task of this id that is delayed");
  }

  @Test
  void taskThatIsDoneWithThereWhileItIsLookedForIsMovedAfterAll() throws Exception {
    NewTask task = tasks(1).get(0);
    source.insert(List.of(task));
    target.insert(List.of(task));
    QueueBackend purgedMeanwhile =
        InterceptedQueue.of(
            target,
            verb -> {
              if (verb.equals("lease")) {
                target.purge();
              }
            });

    assertThat(queue(purgedMeanwhile).moveFrom(queue(source), NONE)).isEqualTo(1);

    assertThat(ids(target)).containsExactly(task.id());
    assertThat(source.list()).isEmpty();
  }

  /** The other way at each step of a move, to its end: a task that is in both is never in none. */
  @Test
  void movesInOppositeDirectionsLeaveEachTaskInOneQueueAtLeast() throws Exception {
    for (int step = 0; step < 30; step++) {
      MemoryQueue one = new MemoryQueue("one", Clock.systemUTC());
      MemoryQueue other = new MemoryQueue("other", Clock.systemUTC());
      List<NewTask> both = tasks(4);
      one.insert(both);
      other.insert(both);
      List<NewTask> single = tasks(4);
      one.insert(single.subList(0, 2));
      other.insert(single.subList(2, 4));
      AtomicInteger verbs = new AtomicInteger();
      int at = step;
      InterceptedQueue.Before back =
          verb -> {
            if (!verb.equals("url") && verbs.getAndIncrement() == at) {
              move(other, one);
            }
          };

      move(InterceptedQueue.of(one, back), InterceptedQueue.of(other, back));

      Set<TaskId> left = new HashSet<>(ids(one));
      left.addAll(ids(other));
      assertThat(left).as("the other way at %d", at).hasSize(8);
    }
  }

  private static void move(QueueBackend from, QueueBackend to)
      throws IOException, InterruptedException {
    try {
      queue(to).moveFrom(queue(from), NONE);
    } catch (TasksStayException e) {
      assertThat(e.staying()).isNotEmpty();
    }
  }

  @Test
  void taskThatComesBackFromThereIsNotMovedForEver() throws Exception {
    source.insert(tasks(1));
    QueueBackend returning =
        InterceptedQueue.of(
            source,
            verb -> {
              if (verb.equals("lease") && !ids(target).isEmpty()) {
                move(target, source);
              }
            });

    TasksStayException e =
        catchThrowableOfType(TasksStayException.class, () -> to.moveFrom(queue(returning), NONE));

    assertThat(e.staying().values())
        .containsExactly("it came back from there: somebody moves tasks the other way");
    assertThat(source.stats().waiting()).hasValue(1);
  }

  @Test
  @Timeout(60)
  void queueThatTakesLongerThanALeaseToTakeTasksHasNoneOfThemTwice() throws Exception {
    source.insert(tasks(3));
    CountDownLatch renewed = new CountDownLatch(9);
    QueueBackend observed =
        InterceptedQueue.of(
            source,
            verb -> {
              if (verb.equals("renew")) {
                renewed.countDown();
              }
            });
    QueueBackend slow =
        InterceptedQueue.of(
            target,
            verb -> {
              if (verb.equals("insert")) {
                // Each of the three has been renewed three times, so their first leases are over.
                renewed.await();
                assertThat(source.lease(3, ofMinutes(1), ZERO)).isEmpty();
              }
            });

    assertThat(new Move(observed, slow, NONE, Clock.systemUTC(), ofSeconds(3)).run()).isEqualTo(3);

    assertThat(source.list()).isEmpty();
    assertThat(target.list()).hasSize(3);
  }

  @Test
  void taskWhoseLeaseIsLostWhileItIsBroughtOverIsNotTakenFromItsHolder() throws Exception {
    source.insert(tasks(1));
    QueueBackend slow =
        InterceptedQueue.of(
            target,
            verb -> {
              if (verb.equals("insert")) {
                source.releaseAll(info -> true);
                leaseOne(source);
              }
            });

    queue(slow).moveFrom(queue(source), NONE);

    assertThat(source.stats().leased()).hasValue(1);
  }

  @Test
  void insertThatFailsMidwayGivesBackWhatIsNotIn() throws Exception {
    source.insert(tasks(5));
    QueueBackend failing =
        new ForwardingQueue(target) {
          @Override
          public Set<TaskId> insert(List<NewTask> batch) throws IOException {
            target.insert(batch.subList(0, 2));
            throw InterceptedQueue.partly(2, batch.size(), new IOException("disk full"));
          }
        };

    assertThatThrownBy(() -> queue(failing).moveFrom(queue(source), NONE))
        .isInstanceOf(IncompleteInsertException.class);

    assertThat(target.list()).hasSize(2);
    assertThat(source.stats().waiting()).hasValue(3);
  }

  @Test
  void queueIsNotMovedToItselfNorCopied() {
    assertThatThrownBy(() -> to.moveFrom(queue(target), NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found the same");
    assertThatThrownBy(() -> to.copyFrom(queue(target), NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void interruptedMoveEndsAfterABatchWithNothingInBothQueues() throws Exception {
    source.insert(tasks(600));
    QueueBackend interrupting =
        InterceptedQueue.of(
            target,
            verb -> {
              if (verb.equals("insert")) {
                Thread.currentThread().interrupt();
              }
            });

    assertThatThrownBy(() -> queue(interrupting).moveFrom(queue(source), NONE))
        .isInstanceOf(InterruptedException.class)
        .hasMessage("interrupted when 256 tasks were moved");

    assertThat(target.list()).hasSize(256);
    assertThat(source.stats().waiting()).hasValue(344);
  }
}
