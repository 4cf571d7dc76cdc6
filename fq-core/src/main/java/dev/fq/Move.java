package dev.fq;

import dev.fq.IncompleteInsertException.Range;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueConsumer;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves tasks from one queue to another: in one step each where the two queues can ({@link
 * DirectMove}); else it leases them in the first, inserts them into the second under their ids, and
 * deletes what it has leased.
 *
 * <h2>When the second queue has a task of the same id</h2>
 *
 * That may be this very task, brought over by a copy or by a move that was killed before it could
 * delete; or another task that happens to have its id. And another mover may be about to take it
 * the other way, on the strength of the copy in the first queue: two such movers would delete both.
 * So the first queue's task is deleted only while both are leased by this mover, and their payloads
 * are the same: nobody else can have leased either then, and whoever leases one of them after our
 * leases have ended makes our deletion fail. All other tasks of that kind stay, and are named at
 * the end.
 *
 * <p>Rejected: deleting the second queue's copy and inserting it anew, since two movers who do that
 * and are killed lose the task; going by ids alone.
 */
final class Move {

  private static final Logger log = LoggerFactory.getLogger(Move.class);
  private static final int BATCH = 256;
  private static final Duration LEASE = Duration.ofMinutes(5);

  /** So many leases of tasks that stay are kept up until the end at most. */
  private static final int MOST_STAYING = 10_000;

  private final QueueBackend from;
  private final QueueBackend to;
  private final InsertOptions options;
  private final Duration leaseTime;
  private final LeaseTerms terms;
  private final Renewer renewer;
  private final Map<TaskId, String> staying = new LinkedHashMap<>();
  private final Set<TaskId> brought = new HashSet<>();
  private Set<TaskId> known = Set.of();
  private long moved;

  Move(QueueBackend from, QueueBackend to, InsertOptions options, Clock clock) {
    this(from, to, options, clock, LEASE);
  }

  /**
   * @param lease for how long tasks are leased in the first queue at a time; they are renewed as
   *     long as the second one needs to take them
   */
  Move(QueueBackend from, QueueBackend to, InsertOptions options, Clock clock, Duration lease) {
    this.from = from;
    this.to = to;
    this.options = options;
    this.leaseTime = lease.compareTo(from.longestLease()) < 0 ? lease : from.longestLease();
    this.terms = new LeaseTerms(from, leaseTime);
    this.renewer = new Renewer(terms, clock);
  }

  /**
   * @return how many were moved
   * @throws TasksStayException if some could not be, since the second queue has tasks of their ids
   */
  long run() throws IOException, InterruptedException {
    Thread renewing = new Thread(() -> renewer.run(broken -> {}), "fq-renewer");
    renewing.setDaemon(true);
    renewing.start();
    try {
      Optional<DirectMove> direct =
          options.delay().isZero() ? from.directMoveTo(to) : Optional.empty();
      if (direct.isPresent()) {
        moveDirectly(direct.get());
      } else {
        moveByLeases();
      }
    } finally {
      renewer.held().forEach(this::giveBack);
      renewer.stop();
    }
    if (!staying.isEmpty()) {
      throw new TasksStayException(moved, staying);
    }
    return moved;
  }

  private void tellProgress() throws InterruptedException {
    options.progress().at(moved, options.total());
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted when " + moved + " tasks were moved");
    }
  }

  private void moveDirectly(DirectMove direct) throws IOException, InterruptedException {
    boolean mayBeMore = true;
    while (mayBeMore) {
      try {
        mayBeMore = direct.moveSome(BATCH);
      } catch (IOException e) {
        throw incomplete(direct.moved(), e);
      }
      moved = direct.moved();
      tellProgress();
    }
    List<TaskId> left = List.copyOf(direct.staying().keySet());
    staying.putAll(direct.staying());
    for (int start = 0; start < left.size(); start += BATCH) {
      Set<TaskId> ids = Set.copyOf(left.subList(start, Math.min(start + BATCH, left.size())));
      // What a worker has leased since, or completed, does not stay here for want of room there.
      ids.forEach(staying::remove);
      List<HeldTask> held = hold(from.lease(ids, leaseTime));
      settle(held);
      held.forEach(this::giveBack);
      tellProgress();
    }
  }

  /** What may not be leased would look as if it were not there. */
  private void requireThatAllCanBeLeased() throws IOException {
    if (from.gate().isPresent()) {
      throw new IOException(
          from.url() + ": its gate is closed, and tasks are leased to be moved; open it first");
    }
    if (from.limit().isPresent()) {
      throw new IOException(
          from.url() + ": it has a limit, and tasks are leased to be moved; end the limit first");
    }
  }

  private void moveByLeases() throws IOException, InterruptedException {
    requireThatAllCanBeLeased();
    known = KnownIds.of(to);
    List<HeldTask> held = hold(from.lease(BATCH, leaseTime, Duration.ZERO));
    while (!held.isEmpty()) {
      move(held);
      tellProgress();
      if (staying.size() > MOST_STAYING) {
        break;
      }
      held = hold(from.lease(BATCH, leaseTime, Duration.ZERO));
    }
    settleAgain();
  }

  private List<HeldTask> hold(List<Lease> leases) {
    List<HeldTask> held = new ArrayList<>(leases.size());
    for (Lease lease : leases) {
      HeldTask task = new HeldTask(lease, renewer.nextRenewal(terms));
      renewer.add(task, terms);
      held.add(task);
    }
    return held;
  }

  private void move(List<HeldTask> held) throws IOException {
    List<HeldTask> unseen = new ArrayList<>();
    List<HeldTask> seen = new ArrayList<>();
    for (HeldTask task : held) {
      TaskId id = task.lease().id();
      if (brought.contains(id)) {
        staying.put(id, "it came back from there: somebody moves tasks the other way");
      } else {
        (known.contains(id) ? seen : unseen).add(task);
      }
    }
    seen.addAll(bring(unseen));
    settle(seen);
  }

  /**
   * Inserts these into the second queue and deletes them in the first.
   *
   * @return those of whose ids the second queue has tasks
   */
  private List<HeldTask> bring(List<HeldTask> tasks) throws IOException {
    BitSet missing = new BitSet();
    Set<TaskId> refused;
    PartialInsertException trouble = null;
    try {
      refused = to.insert(tasks.stream().map(this::newTask).toList());
    } catch (PartialInsertException e) {
      missing = e.missing();
      refused = e.refused();
      trouble = e;
    }
    List<HeldTask> inserted = new ArrayList<>();
    List<HeldTask> taken = new ArrayList<>();
    for (int place = 0; place < tasks.size(); place++) {
      if (!missing.get(place)) {
        HeldTask task = tasks.get(place);
        (refused.contains(task.lease().id()) ? taken : inserted).add(task);
      }
    }
    delete(inserted);
    if (trouble != null) {
      throw incomplete(moved, trouble.getCause() == null ? trouble : trouble.getCause());
    }
    return taken;
  }

  private NewTask newTask(HeldTask task) {
    Lease lease = task.lease();
    return new NewTask(lease.id(), lease.payload(), options.delay(), IdOrigin.LOOKED_UP);
  }

  private static IncompleteInsertException incomplete(long moved, Throwable cause) {
    return new IncompleteInsertException(moved, List.of(new Range(moved, Long.MAX_VALUE)), cause);
  }

  /** What is in the second queue leaves the first, unless somebody has taken it there meanwhile. */
  private void delete(List<HeldTask> tasks) throws IOException {
    List<Lease> leases = new ArrayList<>(tasks.size());
    for (HeldTask task : tasks) {
      task.end().ifPresent(leases::add);
      renewer.remove(task);
      brought.add(task.lease().id());
    }
    from.deleteEach(leases);
    moved += tasks.size();
  }

  /** Decides about tasks of whose ids the second queue has tasks too. */
  private void settle(List<HeldTask> tasks) throws IOException {
    if (tasks.isEmpty()) {
      return;
    }
    Set<TaskId> ids =
        tasks.stream().map(task -> task.lease().id()).collect(Collectors.toUnmodifiableSet());
    List<Lease> copies = to.lease(ids, LEASE);
    try {
      settle(tasks, ids, copies);
    } finally {
      copies.forEach(copy -> giveBack(to, copy));
    }
  }

  private void settle(List<HeldTask> tasks, Set<TaskId> ids, List<Lease> copies)
      throws IOException {
    Map<TaskId, Lease> copyOf =
        copies.stream().collect(Collectors.toMap(Lease::id, Function.identity(), (a, b) -> a));
    Map<TaskId, TaskInfo> others = copies.size() == tasks.size() ? Map.of() : infos(ids);
    List<HeldTask> same = new ArrayList<>();
    List<HeldTask> gone = new ArrayList<>();
    for (HeldTask task : tasks) {
      TaskId id = task.lease().id();
      Lease copy = copyOf.get(id);
      TaskInfo other = others.get(id);
      if (copy != null && copy.payload().equals(task.lease().payload())) {
        same.add(task);
      } else if (copy != null) {
        staying.put(id, "there is another task of this id");
      } else if (other != null) {
        staying.put(id, "there is a task of this id that is %s".formatted(other.state().label()));
      } else {
        gone.add(task);
      }
    }
    // Both are leased by us: see above.
    delete(same);
    // Somebody else has just done with them, or moved them on.
    bring(gone).forEach(task -> staying.put(task.lease().id(), "there is a task of this id"));
  }

  private Map<TaskId, TaskInfo> infos(Set<TaskId> ids) throws IOException {
    try (Stream<TaskInfo> all = to.list()) {
      return all.filter(info -> ids.contains(info.id()))
          .collect(Collectors.toMap(TaskInfo::id, Function.identity(), (a, b) -> a));
    }
  }

  /** What was in the way may have been on its way itself: a second look at the end. */
  private void settleAgain() throws IOException {
    List<HeldTask> held =
        renewer.held().stream().filter(task -> !brought.contains(task.lease().id())).toList();
    held.forEach(task -> staying.remove(task.lease().id()));
    settle(held);
  }

  private void giveBack(HeldTask task) {
    renewer.remove(task);
    task.end().ifPresent(lease -> giveBack(from, lease));
  }

  private static void giveBack(QueueConsumer queue, Lease lease) {
    try {
      queue.release(lease);
    } catch (IOException | LeaseLostException e) {
      log.warn(
          "{} could not be given back, and is there again when its lease ends: {}",
          lease,
          e.toString());
    }
  }
}
