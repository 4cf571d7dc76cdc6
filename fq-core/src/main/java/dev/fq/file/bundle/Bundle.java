package dev.fq.file.bundle;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.format.Claim;
import dev.fq.file.format.TaskFile;
import dev.fq.spi.StateCounts;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file with many tasks, as it was listed.
 *
 * @param holders makes holders for operators, who take a bundle over to change it
 */
record Bundle(BundleFiles files, Supplier<String> holders, BundleName name) implements TaskFile {

  /** Nobody loses so many races against one holder in a row. */
  private static final int MAX_TRIES = 20;

  @Override
  public String fileName() {
    return name.fileName();
  }

  @Override
  public long due() {
    return name.due();
  }

  @Override
  public TaskId id() {
    return name.id();
  }

  @Override
  public boolean isHeld() {
    return !name.holder().isEmpty() && name.due() > 0;
  }

  @Override
  public @Nullable Claim claim(long until, String holder) throws IOException {
    return BundleClaim.of(files, name, until, holder);
  }

  /** How many of its tasks are being worked on. */
  private int running() throws IOException {
    return isHeld() ? files.read(name).running().size() : 0;
  }

  /** RACE: the progress of a claim goes when the next has taken it in, or the bundle is done. */
  @Override
  public void count(long now, StateCounts counts) throws IOException {
    if (name.isDue(now)) {
      counts.add(TaskState.WAITING, name.left());
    } else if (!isHeld()) {
      counts.add(TaskState.DELAYED, name.left());
    } else {
      int running;
      try {
        running = Math.min(running(), name.left());
      } catch (IOException e) {
        if (!AtomicFiles.isGone(e)) {
          throw e;
        }
        running = 0;
      }
      counts.add(TaskState.LEASED, running);
      counts.add(TaskState.WAITING, name.left() - running);
    }
  }

  /** RACE: its holder renames it with each step; then it is read under its newer name. */
  @Override
  public List<BundledTask> tasks() throws IOException {
    BundleName now = name;
    for (int tries = 0; now != null && tries < MAX_TRIES; tries++) {
      try {
        return tasks(now);
      } catch (IOException e) {
        if (!AtomicFiles.isGone(e)) {
          throw e;
        }
        now = files.latest(now);
      }
    }
    return List.of();
  }

  private List<BundledTask> tasks(BundleName now) throws IOException {
    Progress progress = files.read(now);
    Set<TaskId> running = progress.running();
    List<BundledTask> tasks = new ArrayList<>();
    for (Map.Entry<TaskId, String> line : files.lines(now).entrySet()) {
      if (!progress.ended().contains(line.getKey())) {
        boolean isRunning = running.contains(line.getKey());
        tasks.add(new BundledTask(now, line.getKey(), line.getValue(), isRunning));
      }
    }
    return tasks;
  }

  @Override
  public boolean deleteTasks(Set<TaskId> ids, Set<TaskId> deleted) throws IOException {
    Set<TaskId> here = ids();
    here.retainAll(ids);
    if (here.isEmpty()) {
      return true;
    }
    BundleClaim mine = takenOver(Set.of(), here);
    if (mine == null) {
      return false;
    }
    Set<TaskId> deletedHere = mine.deleteAll(here);
    deleted.addAll(deletedHere);
    mine.giveBack(isHeld() ? 0 : name.due());
    return !deletedHere.isEmpty();
  }

  @Override
  public long deleteAll() throws IOException {
    if (!AtomicFiles.delete(files.bundle(name))) {
      return 0;
    }
    if (name.claim() > 0) {
      AtomicFiles.delete(files.progress(name));
    }
    return name.left();
  }

  /** Of a bundle that is held, those that its holder has begun; the rest waits with them then. */
  @Override
  public long release(long now, Predicate<? super TaskInfo> which) throws IOException {
    Set<TaskId> picked = new HashSet<>();
    for (BundledTask task : tasks()) {
      TaskInfo info = task.info(now);
      if (info.state() == TaskState.LEASED && which.test(info)) {
        picked.add(task.id());
      }
    }
    if (picked.isEmpty()) {
      return 0;
    }
    BundleClaim mine = takenOver(picked, Set.of());
    if (mine == null) {
      return 0;
    }
    mine.giveBack(0);
    return picked.size();
  }

  @Override
  public boolean singleOut(Set<TaskId> ids) throws IOException {
    Set<TaskId> here = ids();
    here.retainAll(ids);
    return singledOut(here) > 0;
  }

  /** Gives each task a file of its own; how many. */
  long singleOutAll() throws IOException {
    return singledOut(ids());
  }

  private Set<TaskId> ids() throws IOException {
    Set<TaskId> ids = new HashSet<>();
    tasks().forEach(task -> ids.add(task.id()));
    return ids;
  }

  private long singledOut(Set<TaskId> here) throws IOException {
    BundleClaim mine = here.isEmpty() ? null : takenOver(Set.of(), Set.of());
    if (mine == null) {
      return 0;
    }
    mine.singleOut(here, name.claim() == 0 ? name.due() : 0);
    mine.giveBack(name.due());
    return here.size();
  }

  /** Under its newer name when its holder was faster; null when it is gone. */
  private @Nullable BundleClaim takenOver(Set<TaskId> released, Set<TaskId> stay)
      throws IOException {
    BundleClaim mine = null;
    BundleName now = name;
    for (int tries = 0; mine == null && now != null && tries < MAX_TRIES; tries++) {
      mine = BundleClaim.of(files, now, changing(), holders.get(), released, stay);
      now = mine == null ? files.latest(now) : now;
    }
    return mine;
  }

  /** Until when it is ours while we change it. */
  private long changing() {
    long soon = files.clock().instant().plus(BundleClaim.CHANGING).getEpochSecond();
    return Math.max(name.due(), soon);
  }

  @Override
  public String arrivedName(String holder) {
    return BundleName.fresh(name.id(), 0, name.left()).fileName();
  }

  @Override
  public boolean mayHaveFailed() {
    return false;
  }

  @Override
  public boolean isWhole() {
    return name.claim() == 0;
  }
}
