package dev.fq.file.bundle;

import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.Claim;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Format;
import dev.fq.file.format.Holders;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskFile;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A format whose queues have bundles beside tasks that have a file each. */
public final class BundleFormat implements Format {

  private final Format single;
  private final BundleFiles files;
  private final Holders holders;

  /**
   * @param single the format of tasks that have a file each
   */
  public BundleFormat(
      Format single,
      QueueDirectory directory,
      DeadTasks deadTasks,
      Permissions permissions,
      Clock clock,
      Holders holders) {
    this.single = single;
    this.files = new BundleFiles(directory, deadTasks, permissions, clock);
    this.holders = holders;
  }

  @Override
  public String queueName() {
    return single.queueName();
  }

  @Override
  public boolean tellsOfEveryLostLease() {
    return single.tellsOfEveryLostLease();
  }

  @Override
  public boolean filesSayAll() {
    return single.filesSayAll();
  }

  @Override
  public boolean toleratesForeignNames() {
    return single.toleratesForeignNames();
  }

  @Override
  public void requirePossible(TaskId id) {
    single.requirePossible(id);
  }

  @Override
  public @Nullable TaskFile parse(String fileName) {
    BundleName bundle = BundleName.parse(fileName);
    return bundle == null ? single.parse(fileName) : new Bundle(files, holders::next, bundle);
  }

  @Override
  public Parser parser() throws IOException {
    Parser ofSingle = single.parser();
    return fileName -> {
      BundleName bundle = BundleName.parse(fileName);
      return bundle == null ? ofSingle.parse(fileName) : new Bundle(files, holders::next, bundle);
    };
  }

  /** What another process has begun in a bundle, that process ends. */
  @Override
  public @Nullable Claim claimOf(String receipt) {
    Claim over = BundleClaim.over(files, receipt);
    return over == null ? single.claimOf(receipt) : over;
  }

  @Override
  public boolean publish(Path file, TaskId id, long due, IdOrigin origin) throws IOException {
    return single.publish(file, id, due, origin);
  }

  /**
   * Brings in a file that only this process knows, as a bundle.
   *
   * @param id of the bundle, which nobody else has
   * @return its name in {@code queue/}
   */
  @Override
  public String publishBundle(Path file, TaskId id, long due, int tasks) throws IOException {
    BundleName fresh = BundleName.fresh(id, due, tasks);
    if (!AtomicFiles.move(file, files.bundle(fresh))) {
      throw new NoSuchFileException(file.toString(), null, "removed while it was being inserted");
    }
    return fresh.fileName();
  }

  @Override
  public long bundle(int size, Predicate<? super TaskInfo> which) throws IOException {
    return new Packer(files, single, holders).bundle(size, which);
  }

  @Override
  public long unbundle() throws IOException {
    long[] count = {0};
    long now = ServerClock.earliest(files.clock()).getEpochSecond();
    Listing.forEach(
        files.directory().queue(),
        fileName -> {
          TaskFile file = parse(fileName);
          if (file instanceof Bundle bundle && (bundle.isDue(now) || !bundle.isHeld())) {
            count[0] += bundle.singleOutAll();
          }
        });
    return count[0];
  }

  @Override
  public void withdraw(TaskId id) {
    single.withdraw(id);
  }

  @Override
  public boolean revive(DeadTasks.Entry dead) throws IOException {
    return single.revive(dead);
  }

  @Override
  public Counters counters(String host) {
    return single.counters(host);
  }

  @Override
  public void forEachSidecar(SidecarAction action) throws IOException {
    single.forEachSidecar(action);
    if (AtomicFiles.isDirectory(files.progressDirectory())) {
      Listing.forEach(
          files.progressDirectory(),
          fileName -> {
            int end = fileName.indexOf('.');
            String bundle = end < 0 ? fileName : fileName.substring(0, end);
            Path file = files.progressDirectory().resolve(fileName);
            if (TaskId.isValid(bundle) && isOurs(file, new TaskId(bundle))) {
              action.accept(new TaskId(bundle), file);
            }
          });
    }
  }

  private static boolean isOurs(Path file, TaskId bundle) throws IOException {
    return !AtomicFiles.isRealDirectory(file) || file.endsWith(BundleFiles.gatheringName(bundle));
  }

  @Override
  public void askForMore() {
    files.askForMore();
  }

  @Override
  public Optional<Notice> notice() {
    return single.notice();
  }

  @Override
  public Optional<NameCheck> nameCheck() {
    return single.nameCheck();
  }
}
