package dev.fq.file.bundle;

import dev.fq.file.bundle.Progress.Spill;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.Claim;
import dev.fq.file.format.TaskName;
import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Lease;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bundle that this process has claimed.
 *
 * <p>Steps are appended to the claim's progress file, and count from the next rename of the bundle
 * on, whose new name says how long the progress was: that rename fails when another has claimed the
 * bundle since, and then nothing that was appended after the last one counts. So what is told as
 * done is done, and what is told as lost is not.
 *
 * <p>What leaves the bundle otherwise than by being done (a failure, a release, a death) becomes a
 * task with a file of its own: that is written beside the progress, named in it, and moved into
 * place when the progress counts. A successor that reads the line moves a file that is still there.
 *
 * <p>One step at a time, since all share the progress and the name.
 */
final class BundleClaim implements Claim {

  private static final Logger log = LoggerFactory.getLogger(BundleClaim.class);

  /** How long an operator holds a bundle at most while changing it. */
  static final Duration CHANGING = Duration.ofMinutes(1);

  /** So long a holder that has seen its name goes on without another look. */
  private static final Duration CERTAIN = Duration.ofMillis(1);

  private final BundleFiles files;
  private final String key;
  private final ProgressWriter progress;

  // Guarded by this.
  private final Map<TaskId, String> unbegun;
  private final Map<TaskId, String> begun = new LinkedHashMap<>();
  private final Set<TaskId> uncommitted = new LinkedHashSet<>();
  private final Spills unplaced;
  private BundleName name;
  private boolean isOver;
  private boolean hasSingledOut;
  private FileTime answered;

  /** When it was last known that the bundle has our name, by {@link System#nanoTime}. */
  private long seenAt = System.nanoTime() - CERTAIN.toNanos();

  private BundleClaim(BundleFiles files, BundleName name, Map<TaskId, String> tasks) {
    this.files = files;
    this.key = name.fileName();
    this.progress = new ProgressWriter(files, files.progress(name), name.committed());
    this.unplaced = new Spills(files, name.id(), progress.file());
    this.name = name;
    this.unbegun = tasks;
    this.answered = files.lastAsked();
  }

  /**
   * Claims a bundle. What its last holder had begun and not ended becomes tasks of their own, with
   * one attempt used up.
   *
   * @return null when another was faster
   */
  static @Nullable BundleClaim of(BundleFiles files, BundleName seen, long until, String holder)
      throws IOException {
    return of(files, seen, until, holder, Set.of(), Set.of());
  }

  /**
   * The same for an operator.
   *
   * @param released of those that were begun, these have used up no attempt
   * @param stay these stay in the bundle though they were begun
   */
  static @Nullable BundleClaim of(
      BundleFiles files,
      BundleName seen,
      long until,
      String holder,
      Set<TaskId> released,
      Set<TaskId> stay)
      throws IOException {
    files.makeProgressDirectory();
    Progress before = files.read(seen);
    byte[] summary = before.summary().getBytes(StandardCharsets.UTF_8);
    BundleName claimed = seen.claimed(until, holder, summary.length);
    if (summary.length > 0) {
      AtomicFiles.write(files.progress(claimed), summary);
      files.permissions().giveTo(files.progress(claimed));
    }
    // A summary that is the bundle's must not go, though the answer was that the name is gone.
    if (!AtomicFiles.move(files.bundle(seen), files.bundle(claimed))
        && (summary.length == 0 || !files.directory().has(claimed.fileName()))) {
      AtomicFiles.removeProbe(files.progress(claimed));
      return null;
    }
    Map<TaskId, String> tasks = lines(files, seen, claimed, before);
    if (tasks == null) {
      return null;
    }
    tasks.keySet().removeAll(before.ended());
    BundleClaim claim = new BundleClaim(files, claimed, tasks);
    claim.takeOver(before, seen, released, stay);
    return claim;
  }

  /** What cannot be read for the moment waits again as before. */
  private static @Nullable Map<TaskId, String> lines(
      BundleFiles files, BundleName seen, BundleName claimed, Progress before) throws IOException {
    try {
      // RACE: its holder may have begun more between our first look and our rename.
      if (seen.claim() > 0) {
        awaitDoubt();
        before.alsoBegun(files.read(seen));
      }
      return files.lines(claimed);
    } catch (IOException e) {
      // RACE: an operator has removed it since.
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      if (!Files.isRegularFile(files.bundle(claimed), LinkOption.NOFOLLOW_LINKS)) {
        log.warn("{}: not a regular file; passed over for a while", files.bundle(claimed));
        return null;
      }
      AtomicFiles.move(files.bundle(claimed), files.bundle(seen));
      AtomicFiles.removeProbe(files.progress(claimed));
      throw e;
    }
  }

  private synchronized void takeOver(
      Progress before, BundleName seen, Set<TaskId> released, Set<TaskId> stay) throws IOException {
    before.spilled().forEach(unplaced::add);
    List<Spill> spills = new ArrayList<>();
    for (TaskId id : before.running()) {
      String body = stay.contains(id) ? null : unbegun.remove(id);
      if (body != null) {
        begun.put(id, body);
        TaskName task = TaskName.arrived(id, seen.holder());
        spills.add(
            spill(
                id,
                released.contains(id)
                    ? task.fileName()
                    : task.leased(0, seen.holder()).unleased(0).fileName()));
      }
    }
    hasSingledOut = !spills.isEmpty() || !unplaced.isEmpty();
    takeOut(spills, name.due());
    if (seen.claim() > 0) {
      AtomicFiles.removeProbe(files.progress(seen));
    }
  }

  /**
   * One that has ended, or is another process's: of its leases, only what was given back is left.
   */
  static @Nullable BundleClaim over(BundleFiles files, String receipt) {
    int end = receipt.indexOf('/');
    BundleName name = end < 0 ? null : BundleName.parse(receipt.substring(0, end));
    if (name == null || name.claim() == 0) {
      return null;
    }
    BundleClaim claim = new BundleClaim(files, name, new LinkedHashMap<>());
    claim.isOver = true;
    return claim;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public boolean has(TaskId id) {
    return true;
  }

  @Override
  public synchronized long due() {
    return name.due();
  }

  @Override
  public synchronized boolean hasSingledOut() {
    return hasSingledOut;
  }

  @Override
  public synchronized boolean isUsedUp() {
    return isOver || unbegun.isEmpty();
  }

  @Override
  public synchronized boolean isOver() {
    return isOver || (unbegun.isEmpty() && begun.isEmpty() && unplaced.isEmpty());
  }

  /** One line for each that is begun, and one write for all. */
  @Override
  public synchronized List<Lease> lease(int max, Duration duration) throws IOException {
    long until = ServerClock.deadline(files.clock(), duration);
    if (isOver || (name.due() < until && !isCommitted(until, true))) {
      return List.of();
    }
    List<Map.Entry<TaskId, Payload>> readable = new ArrayList<>();
    List<Spill> unreadable = new ArrayList<>();
    Map<TaskId, String> reasons = new LinkedHashMap<>();
    StringBuilder lines = new StringBuilder();
    for (Iterator<Map.Entry<TaskId, String>> next = unbegun.entrySet().iterator();
        next.hasNext() && readable.size() < max; ) {
      Map.Entry<TaskId, String> task = next.next();
      TaskId id = task.getKey();
      try {
        readable.add(Map.entry(id, Envelope.payload(task.getValue())));
        lines.append(Progress.line(Progress.BEGUN, id));
      } catch (InvalidPayloadException e) {
        reasons.put(id, "not a task: " + e.getMessage());
      }
      begun.put(id, task.getValue());
      next.remove();
    }
    append(lines.toString());
    if (!isStillOurs(duration)) {
      return List.of();
    }
    for (TaskId id : reasons.keySet()) {
      unreadable.add(spill(id, Spill.DEAD));
    }
    try {
      if (!unreadable.isEmpty() && takeOut(unreadable, name.due())) {
        reasons.forEach((id, reason) -> log(id, reason, true));
      }
    } catch (IOException e) {
      if (readable.isEmpty()) {
        throw e;
      }
      log.warn("{}: {}", progress.file(), e.toString());
    }
    Instant deadline = Instant.ofEpochSecond(name.due());
    return readable.stream()
        .map(task -> new Lease(task.getKey(), task.getValue(), 1, deadline, receipt(task.getKey())))
        .toList();
  }

  private String receipt(TaskId id) {
    return key + "/" + id;
  }

  /**
   * RACE: another may have claimed the bundle before it could read what has just been begun, when
   * this process was frozen, or an operator has taken the bundle away. A claim reads the progress
   * {@link #CERTAIN} after its rename: so it reads what we have written when we saw our name less
   * than that ago, or see it now. When nobody can tell, nobody is given what was begun, and this
   * claim ends.
   */
  private boolean isStillOurs(Duration duration) throws IOException {
    long now = System.nanoTime();
    if (now - seenAt < CERTAIN.toNanos()) {
      return true;
    }
    boolean isPast = name.isDue(ServerClock.latest(files.clock()).getEpochSecond());
    long until = Math.max(name.due(), ServerClock.deadline(files.clock(), duration));
    try {
      boolean isOurs = (isThere() && !isPast) || isCommitted(until, true);
      seenAt = now;
      return isOurs;
    } catch (IOException e) {
      isOver = true;
      throw e;
    }
  }

  /** Until the holder of before must look at its name again, which is no longer there. */
  private static void awaitDoubt() {
    long start = System.nanoTime();
    for (long rest = CERTAIN.toNanos();
        rest > 0;
        rest = start + CERTAIN.toNanos() - System.nanoTime()) {
      LockSupport.parkNanos(rest);
    }
  }

  @Override
  public synchronized boolean renew(Lease lease, long until) throws IOException {
    return isHeld(lease.id()) && isCommitted(Math.max(until, name.due()), true);
  }

  @Override
  public boolean release(Lease lease) throws IOException {
    return isTakenOut(lease, TaskName.arrived(lease.id(), name.holder()).fileName());
  }

  @Override
  public boolean release(Lease lease, String reason) throws IOException {
    boolean released = release(lease);
    if (released) {
      log(lease.id(), reason, false);
    }
    return released;
  }

  @Override
  public boolean fail(Lease lease, String reason, long retryAt) throws IOException {
    TaskName failed = TaskName.fresh(lease.id(), 0).leased(0, name.holder()).unleased(retryAt);
    boolean isDone = isTakenOut(lease, failed.fileName());
    if (isDone) {
      log(lease.id(), reason, true);
    }
    return isDone;
  }

  @Override
  public boolean giveUp(Lease lease, String reason) throws IOException {
    boolean isDone = isTakenOut(lease, Spill.DEAD);
    if (isDone) {
      log(lease.id(), reason, true);
    }
    return isDone;
  }

  private synchronized boolean isTakenOut(Lease lease, String target) throws IOException {
    if (uncommitted.contains(lease.id())) {
      // It has been tried before, and it is not known whether it took place.
      return isCommitted(name.due(), false);
    }
    return isHeld(lease.id()) && takeOut(List.of(spill(lease.id(), target)), name.due());
  }

  private boolean isHeld(TaskId id) {
    return !isOver && begun.containsKey(id);
  }

  private Spill spill(TaskId id, String target) {
    return new Spill(id, BundleFiles.spillName(name.id(), id, name.holder()), target);
  }

  /** Makes these, which are begun, tasks of their own; false when the bundle is lost. */
  private boolean takeOut(List<Spill> spills, long due) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Spill spill : spills) {
      unplaced.write(spill, begun.get(spill.id()) + "\n");
      lines.append(spill.line());
    }
    append(lines.toString());
    for (Spill spill : spills) {
      begun.remove(spill.id());
      uncommitted.add(spill.id());
    }
    spills.forEach(unplaced::add);
    boolean isCommitted = isCommitted(due, false);
    if (!isCommitted) {
      spills.forEach(unplaced::discard);
    }
    return isCommitted;
  }

  @Override
  public boolean delete(Lease lease) throws IOException {
    return deleteEach(List.of(lease)).isEmpty();
  }

  /** With one append and one rename for all. */
  @Override
  public synchronized List<Lease> deleteEach(List<Lease> leases) throws IOException {
    Set<TaskId> ending = new LinkedHashSet<>();
    List<Lease> others = new ArrayList<>();
    for (Lease lease : leases) {
      boolean isOurs = isHeld(lease.id()) || uncommitted.contains(lease.id());
      if (!isOurs || !ending.add(lease.id())) {
        others.add(lease);
      }
    }
    if (!ending.isEmpty() && !isEnded(ending.stream().filter(begun::containsKey).toList())) {
      others = leases;
    }
    List<Lease> lost = new ArrayList<>();
    for (Lease lease : others) {
      if (!isDeletedAfterARelease(lease.id())) {
        lost.add(lease);
      }
    }
    return lost;
  }

  @Override
  public boolean endsTogether() {
    return true;
  }

  /** Tasks that were begun, or that nobody works on. */
  private boolean isEnded(Collection<TaskId> ids) throws IOException {
    StringBuilder lines = new StringBuilder();
    ids.forEach(id -> lines.append(Progress.line(Progress.ENDED, id)));
    append(lines.toString());
    ids.forEach(begun::remove);
    uncommitted.addAll(ids);
    return isCommitted(name.due(), false);
  }

  /** Work that was finished is not done twice: as long as nobody has leased it since. */
  private boolean isDeletedAfterARelease(TaskId id) throws IOException {
    String found =
        files
            .directory()
            .find(
                fileName -> {
                  TaskName task = TaskName.parse(fileName);
                  return task != null && task.id().equals(id) && name.holder().equals(task.holder())
                      ? fileName
                      : null;
                });
    boolean isDeleted = found != null && AtomicFiles.delete(files.directory().file(found));
    if (isDeleted) {
      files.deadTasks().forget(id);
    }
    return isDeleted;
  }

  /** Removes tasks that nobody works on, and says which. */
  synchronized Set<TaskId> deleteAll(Set<TaskId> ids) throws IOException {
    Set<TaskId> here = new LinkedHashSet<>(ids);
    here.retainAll(unbegun.keySet());
    unbegun.keySet().removeAll(here);
    return here.isEmpty() || isEnded(here) ? here : Set.of();
  }

  /**
   * Gives tasks files of their own that nobody works on.
   *
   * @param due when they are waiting, in Unix seconds; 0 is "now"
   */
  synchronized void singleOut(Set<TaskId> ids, long due) throws IOException {
    List<Spill> spills = new ArrayList<>();
    for (TaskId id : ids) {
      String body = unbegun.remove(id);
      if (body != null) {
        begun.put(id, body);
        TaskName target = due == 0 ? TaskName.arrived(id, name.holder()) : TaskName.fresh(id, due);
        spills.add(spill(id, target.fileName()));
      }
    }
    takeOut(spills, name.due());
  }

  /**
   * Half of what is not begun becomes a bundle of its own when somebody has asked for more since
   * this claim was made, or since it has shared last. What has been begun the file server knows
   * now.
   */
  @Override
  public synchronized void share() throws IOException {
    settle();
    FileTime asked = files.lastAsked();
    if (isOver || unbegun.isEmpty() || asked.equals(answered)) {
      return;
    }
    answered = asked;
    List<TaskId> half = unbegun.keySet().stream().skip(unbegun.size() / 2).toList();
    StringBuilder bodies = new StringBuilder();
    StringBuilder lines = new StringBuilder();
    half.forEach(id -> bodies.append(unbegun.get(id)).append('\n'));
    TaskId id = TaskId.next();
    BundleName target = BundleName.fresh(id, 0, half.size());
    Spill spill =
        new Spill(half.get(0), name.id() + "." + id + BundleName.SUFFIX, target.fileName());
    unplaced.write(spill, bodies.toString());
    lines.append(spill.line());
    half.stream().skip(1).forEach(one -> lines.append(Progress.line(Progress.ENDED, one)));
    append(lines.toString());
    half.forEach(unbegun::remove);
    unplaced.add(spill);
    if (!isCommitted(name.due(), false)) {
      unplaced.discard(spill);
    }
  }

  /**
   * Gives the whole bundle back, if none of its tasks is worked on. In any case the progress is
   * closed: over NFS a file that is open when it is deleted stays as {@code .nfs…}.
   */
  @Override
  public synchronized void giveBack(long due) throws IOException {
    settle();
    if (!isOver && begun.isEmpty() && isCommitted(due, false)) {
      isOver = true;
    }
  }

  /**
   * When it fails, nobody knows how much was written, and what was would count with the next
   * commit: so this claim ends, and what was not committed is done again.
   */
  private void append(String lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    try {
      progress.append(lines);
    } catch (IOException e) {
      isOver = true;
      throw e;
    }
  }

  private void settle() throws IOException {
    try {
      progress.settle();
    } catch (IOException e) {
      isOver = true;
      throw e;
    }
  }

  /**
   * Makes all that was appended count; false when the bundle is lost.
   *
   * @param isRenewal whether the holder wants to go on: not when an operator has made it due
   */
  private boolean isCommitted(long until, boolean isRenewal) throws IOException {
    if (isOver) {
      return false;
    }
    settle();
    long now = System.nanoTime();
    int left = unbegun.size() + begun.size();
    BundleName next = name.with(until, left, progress.length());
    if (next.equals(name) ? !isThere() : !isRenamed(next, isRenewal)) {
      isOver = true;
      return false;
    }
    seenAt = now;
    uncommitted.clear();
    unplaced.place();
    if (left == 0 && unplaced.isEmpty()) {
      remove();
    }
    return true;
  }

  private boolean isThere() {
    return Files.exists(files.bundle(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * A stale handle is no proof that the name is gone; and it has another when the answer to a
   * rename was lost, or an operator has moved it to {@code 0--…}.
   */
  private boolean isRenamed(BundleName next, boolean isRenewal) throws IOException {
    if (AtomicFiles.move(files.bundle(name), files.bundle(next))) {
      name = next;
      return true;
    }
    BundleName found = sameClaim();
    boolean isGivenBack = found != null && found.isDue(files.clock().instant().getEpochSecond());
    if (found == null || (isGivenBack && isRenewal)) {
      return false;
    }
    BundleName again =
        found.with(isGivenBack ? found.due() : next.due(), next.left(), next.committed());
    boolean isThere =
        again.equals(found) || AtomicFiles.move(files.bundle(found), files.bundle(again));
    name = isThere ? again : name;
    return isThere;
  }

  private @Nullable BundleName sameClaim() throws IOException {
    return files
        .directory()
        .find(
            fileName -> {
              BundleName other = BundleName.parse(fileName);
              return other != null && other.isSameClaim(name) ? other : null;
            });
  }

  /** Nothing is left in it. Its next holder clears what stays of it. */
  private void remove() {
    isOver = true;
    AtomicFiles.removeProbe(files.bundle(name));
    AtomicFiles.removeProbe(progress.file());
  }

  /** Adds to the task's failures. The step has been taken and stands, whatever becomes of this. */
  private void log(TaskId id, String reason, boolean counted) {
    Failure failure = new Failure(1, name.holder(), files.clock().instant(), reason, counted);
    try {
      files.deadTasks().log(id, failure);
    } catch (IOException e) {
      log.warn("{}: the reason of task {} cannot be written: {}", files.directory(), id, "" + e);
    }
  }
}
