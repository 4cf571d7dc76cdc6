package dev.fq.file;

import dev.fq.file.counter.Counters;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.DirectoryNews;
import dev.fq.file.disk.Leftovers;
import dev.fq.file.disk.News;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.Claim;
import dev.fq.file.format.Format;
import dev.fq.file.format.Holders;
import dev.fq.file.format.Layout;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskFile;
import dev.fq.file.record.OutcomeDirectory;
import dev.fq.file.record.OutputDirectory;
import dev.fq.file.record.WorkerFiles;
import dev.fq.spi.Arguments;
import dev.fq.spi.Capability;
import dev.fq.spi.DirectMove;
import dev.fq.spi.Gate;
import dev.fq.spi.HostName;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.Limit;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.OutputLog;
import dev.fq.spi.PartialEndException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.QueueStats;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskEntry;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue in a directory, shared by any number of processes and hosts that see the directory. No
 * server, no locks; the format is described in this package's documentation.
 *
 * <p>Works on every file system of {@code java.nio.file} whose {@code ATOMIC_MOVE} is an exclusive
 * claim: local ones, NFSv3 and v4, and jimfs. Not for two names of one directory that differ in
 * case only, nor for hosts that share a host name, whose counters may lose counts on NFS.
 */
public final class FileQueue implements QueueBackend {

  private static final Logger log = LoggerFactory.getLogger(FileQueue.class);

  private final OpenQueue opened;
  private final QueueDirectory directory;
  private final Format format;
  private final Clock clock;
  private final boolean durable;
  private final Scan scan;
  private final Claims claims;
  private final Inserter inserter;
  private final Counters counters;
  private final OperatorVerbs operator;
  private final Gatekeeper gatekeeper;
  private final Limiter limiter;
  private final LimitFile limitFile;

  /** Workers of python-task-queue know neither gates nor limits. */
  private final boolean isOursAlone;

  private final News.Source news;
  private final AtomicBoolean leftoversRemoved = new AtomicBoolean();
  private volatile boolean idle;

  private FileQueue(Builder builder, OpenQueue opened) {
    this.opened = opened;
    this.directory = opened.directory();
    this.format = opened.format();
    this.clock = opened.clock();
    this.durable = builder.durable;
    this.scan = new Scan(opened.tasks(), builder.random, builder.ordered);
    this.claims = new Claims(opened, scan);
    this.inserter = new Inserter(opened);
    this.counters = format.counters(builder.host);
    this.operator = new OperatorVerbs(opened, counters);
    this.gatekeeper =
        new Gatekeeper(
            directory.root(),
            new GateFile(directory.root(), opened.permissions()),
            clock,
            builder.gateOpening);
    this.limitFile = new LimitFile(directory.root(), opened.permissions());
    this.limiter = new Limiter(limitFile, opened);
    this.isOursAlone = capabilities().contains(Capability.GATES);
    this.news =
        builder.news == null
            ? () -> DirectoryNews.listen(directory.queue(), this::isNews)
            : builder.news;
  }

  /** How to open a queue at this path. */
  public static Builder at(Path path) {
    return new Builder(path);
  }

  /** Opens a file queue. */
  public static final class Builder {

    private final Path path;
    private boolean durable;
    private boolean ordered;
    private final Clock timeOfDay = Clock.systemUTC();
    private @Nullable Clock clock;
    private Random random = new Random();
    private String host = HostName.here();
    private @Nullable Integer permissions;
    private Layout layout = Layout.OWN;
    private News.@Nullable Source news;
    private Gatekeeper.Opening gateOpening = Gatekeeper.Opening.BY_ADDRESS;

    private Builder(Path path) {
      this.path = path;
    }

    /**
     * Whether an insert returns only when its tasks would outlast a power cut; off by default. It
     * costs a disk flush or more for every insert, grouped over the batch.
     */
    public Builder durable(boolean on) {
      this.durable = on;
      return this;
    }

    /**
     * Whether {@link #lease} hands out tasks in the order of their ids, which for generated ids is
     * that of their inserts; off by default. For one worker: several that share a queue so get in
     * each other's way. All waiting names are in memory, about a hundred bytes each; what comes in
     * meanwhile is found when they are used up.
     */
    public Builder ordered(boolean on) {
      this.ordered = on;
      return this;
    }

    /**
     * The permissions of the queue's directory if {@link #open} makes it, as chmod(1) has them in
     * octal digits: {@code "2770"} is a queue that a group shares. What the umask gives unless set.
     * All files get what the directory's permissions are then, whoever makes them.
     *
     * @throws IllegalArgumentException if these are not octal digits up to 7777
     */
    public Builder permissions(String octal) {
      if (!octal.matches("[0-7]{3,4}")) {
        throw new IllegalArgumentException(
            "mode \"%s\": expected three or four octal digits, as in 2770".formatted(octal));
      }
      this.permissions = Integer.valueOf(octal, 8);
      return this;
    }

    /**
     * Makes a queue, if {@link #open} makes one, that workers of python-task-queue can share: plain
     * names, and a folder {@code movement/}, by which every process knows it afterwards, whatever
     * is said here. What such a queue cannot do is in docs/python.md.
     */
    public Builder sharedWithPython(boolean on) {
      this.layout = on ? Layout.PYTHON : Layout.OWN;
      return this;
    }

    /**
     * The time by which tasks are due, in place of the file server's. All who share a queue must
     * agree on it.
     */
    public Builder clock(Clock time) {
      this.clock = time;
      return this;
    }

    Builder random(Random source) {
      this.random = source;
      return this;
    }

    Builder host(String name) {
      this.host = TaskInfo.hostLabel(name);
      return this;
    }

    Builder gateOpening(Gatekeeper.Opening how) {
      this.gateOpening = how;
      return this;
    }

    Builder news(News.Source source) {
      this.news = source;
      return this;
    }

    /**
     * Opens the queue.
     *
     * @throws NoQueueException if something else is at the path, or a queue that is not shared with
     *     Python and shall be, or nothing is and {@code mode} is {@link OpenMode#EXISTING}
     */
    public FileQueue open(OpenMode mode) throws IOException {
      QueueDirectory.CreateOptions options = new QueueDirectory.CreateOptions(permissions, layout);
      QueueDirectory directory = QueueDirectory.open(path, mode, options);
      Clock time =
          clock == null
              ? new ServerClock(timeOfDay, System::nanoTime, directory.tmp(), random)
              : clock;
      return new FileQueue(this, OpenQueue.of(directory, new Holders(host, random), time, random));
    }
  }

  @Override
  public String url() {
    return directory.url();
  }

  /** The queue's directory, absolute. */
  public Path path() {
    return directory.root();
  }

  @Override
  public boolean isSameAs(QueueBackend other) throws IOException {
    return other instanceof FileQueue queue && directory.isSameAs(queue.directory, opened.random());
  }

  @Override
  public Optional<DirectMove> directMoveTo(QueueBackend target) throws IOException {
    if (!(target instanceof FileQueue other) || !RenamingMove.isPossible(opened, other.opened)) {
      return Optional.empty();
    }
    return Optional.of(new RenamingMove(opened, other.opened, other.counters));
  }

  @Override
  public Set<Capability> capabilities() {
    return format.tellsOfEveryLostLease()
        ? EnumSet.allOf(Capability.class)
        : EnumSet.complementOf(
            EnumSet.of(
                Capability.FENCING, Capability.BUNDLES, Capability.GATES, Capability.LIMITS));
  }

  @Override
  public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
    return insert(
        tasks,
        account -> {
          if (durable) {
            inserter.insertDurably(tasks, account);
          } else {
            inserter.insert(tasks, account);
          }
        });
  }

  @Override
  public Set<TaskId> insertBundled(List<NewTask> tasks, int size) throws IOException {
    if (size < 1) {
      throw new IllegalArgumentException("bundle: expected at least 1 task, found " + size);
    }
    return insert(tasks, account -> inserter.insertBundled(tasks, size, durable, account));
  }

  private interface Insertion {
    void run(Inserter.Account account) throws IOException;
  }

  private Set<TaskId> insert(List<NewTask> tasks, Insertion insertion) throws IOException {
    tasks.forEach(task -> format.requirePossible(task.id()));
    Inserter.Account account = new Inserter.Account(tasks);
    try {
      removeLeftoversOnce();
      insertion.run(account);
      return account.refused();
    } catch (IOException e) {
      throw account.incomplete(directory.explained(e));
    } finally {
      counters.inserted(account.inserted());
    }
  }

  private void removeLeftoversOnce() {
    if (leftoversRemoved.compareAndSet(false, true)) {
      try {
        int removed = Leftovers.remove(directory.tmp(), clock.instant());
        if (removed > 0) {
          log.info("{}: removed {} leftovers of killed inserts", directory.tmp(), removed);
        }
      } catch (IOException e) {
        // They are in nobody's way: whoever may remove them will.
        log.debug("{}: cannot remove leftovers: {}", directory.tmp(), e.toString());
      }
    }
  }

  @Override
  public List<Lease> lease(int max, Duration duration, Duration wait)
      throws IOException, InterruptedException {
    Arguments.ofLease(max, duration, wait);
    // Who found nothing last time will most likely wait: listening first spares a second look.
    List<Lease> leases = idle && !wait.isZero() ? List.of() : leaseNow(max, duration);
    return leases.isEmpty() && !wait.isZero() ? leaseWithin(wait, max, duration) : leases;
  }

  private List<Lease> leaseWithin(Duration wait, int max, Duration duration)
      throws IOException, InterruptedException {
    Instant end = clock.instant().plus(wait);
    try (News word = news.listen()) {
      List<Lease> leases = leaseNow(max, duration);
      Instant now = clock.instant();
      while (leases.isEmpty() && now.isBefore(end)) {
        word.await(untilNextLook(now, end));
        leases = leaseNow(max, duration);
        now = clock.instant();
      }
      return leases;
    }
  }

  /** An insert, a release, a failure; not that somebody has leased something. */
  boolean isNews(String fileName) {
    TaskFile file = format.parse(fileName);
    return file != null && !file.isHeld();
  }

  /** No word comes of what happens in the queues that a gate waits for, nor of the end of tasks. */
  private Duration untilNextLook(Instant now, Instant end) throws IOException {
    Duration pause = untilNextDue(now, end);
    Duration limited = isOursAlone ? limiter.pause() : null;
    if (limited != null && limited.compareTo(pause) < 0) {
      return limited;
    }
    boolean isLong = pause.compareTo(Gatekeeper.INTERVAL) > 0;
    return isLong && !isGateOpen() ? Gatekeeper.INTERVAL : pause;
  }

  /** What became due since we looked is to be looked at again at once. */
  private Duration untilNextDue(Instant now, Instant end) {
    OptionalLong due = scan.earliestDue();
    Duration time = Duration.between(now, end);
    if (due.isPresent()) {
      Instant next = Instant.ofEpochSecond(due.getAsLong());
      Duration untilDue = Duration.between(ServerClock.earliest(clock), next);
      time = untilDue.compareTo(time) < 0 ? untilDue : time;
    }
    return time.isNegative() ? Duration.ZERO : time;
  }

  @Override
  public List<Lease> lease(Set<TaskId> ids, Duration duration) throws IOException {
    Arguments.positive("lease duration", duration);
    return claims.of(ids, duration);
  }

  @Override
  public List<Lease> leaseClaimed(int max, Duration duration) throws IOException {
    if (!claims.hasMore()) {
      return List.of();
    }
    try {
      int room = room(max);
      return room == 0 ? List.of() : withinLimit(claims.more(room, duration));
    } catch (IOException e) {
      throw directory.explained(e);
    }
  }

  private List<Lease> leaseNow(int max, Duration duration) throws IOException {
    int room = isGateOpen() ? room(max) : 0;
    List<Lease> leases = room == 0 ? List.of() : withinLimit(claims.next(room, duration));
    idle = leases.isEmpty();
    return leases;
  }

  private int room(int max) throws IOException {
    try {
      if (!isOursAlone || !limiter.isThere()) {
        return max;
      }
      // A moment of the pace is not to be taken for nothing.
      return limiter.isPaced() && !claims.hasNext() ? 0 : limiter.room(max);
    } catch (IOException e) {
      throw directory.explained(e);
    }
  }

  /** Others may have leased at the same moment. */
  private List<Lease> withinLimit(List<Lease> leases) throws IOException {
    int kept = leases.size();
    if (isOursAlone && kept > 0) {
      try {
        kept = limiter.kept(kept);
      } catch (IOException e) {
        kept = 0;
        log.debug("{}: cannot count what is leased: {}", directory.url(), e.toString());
      }
    }
    for (Lease lease : leases.subList(kept, leases.size())) {
      giveBack(lease);
    }
    return leases.subList(0, kept);
  }

  private void giveBack(Lease lease) {
    try {
      release(lease);
    } catch (IOException | LeaseLostException e) {
      log.warn(
          "{} is too many, and could not be given back; it waits until its lease ends: {}",
          lease,
          e.toString());
    }
  }

  @Override
  public boolean hasWaiting() throws IOException {
    return isGateOpen() && (!isOursAlone || limiter.hasRoom()) && claims.hasNext();
  }

  private boolean isGateOpen() throws IOException {
    try {
      return !isOursAlone || gatekeeper.isOpen();
    } catch (IOException e) {
      throw directory.explained(e);
    }
  }

  @Override
  public Lease renew(Lease lease, Duration duration) throws IOException, LeaseLostException {
    Arguments.positive("lease duration", duration);
    Claim claim = claims.of(lease);
    step(lease, () -> claim.renew(lease, ServerClock.deadline(clock, duration)));
    return new Lease(
        lease.id(),
        lease.payload(),
        lease.attempt(),
        Instant.ofEpochSecond(claim.due()),
        lease.receipt());
  }

  @Override
  public void release(Lease lease) throws IOException, LeaseLostException {
    end(lease, claim -> claim.release(lease));
  }

  @Override
  public void release(Lease lease, String reason) throws IOException, LeaseLostException {
    end(lease, claim -> claim.release(lease, reason));
  }

  @Override
  public void fail(Lease lease, String reason, Duration retryIn)
      throws IOException, LeaseLostException {
    Arguments.notNegative("retryIn", retryIn);
    long retryAt = retryIn.isZero() ? 0 : ServerClock.deadline(clock, retryIn);
    end(lease, claim -> claim.fail(lease, reason, retryAt));
  }

  @Override
  public void giveUp(Lease lease, String reason) throws IOException, LeaseLostException {
    end(lease, claim -> claim.giveUp(lease, reason));
  }

  @Override
  public void complete(Lease lease) throws IOException, LeaseLostException {
    delete(lease);
    counters.completed(1);
  }

  @Override
  public List<Lease> completeEach(List<Lease> leases) throws IOException {
    return endEach(leases, counters::completed);
  }

  @Override
  public List<Lease> deleteEach(List<Lease> leases) throws IOException {
    return endEach(leases, ended -> {});
  }

  @Override
  public boolean completesTogether(Lease lease) {
    return claims.of(lease).endsTogether();
  }

  /** Those of one claim in one step, and counted before another step can fail. */
  private List<Lease> endEach(List<Lease> leases, IntConsumer count) throws PartialEndException {
    Map<Claim, List<Lease>> claimed = new LinkedHashMap<>();
    leases.forEach(
        lease -> claimed.computeIfAbsent(claims.of(lease), none -> new ArrayList<>()).add(lease));
    List<Lease> lost = new ArrayList<>();
    List<Lease> unended = new ArrayList<>();
    IOException trouble = null;
    for (Map.Entry<Claim, List<Lease>> claim : claimed.entrySet()) {
      try {
        List<Lease> lostNow = claim.getKey().deleteEach(claim.getValue());
        count.accept(claim.getValue().size() - lostNow.size());
        lost.addAll(lostNow);
        claims.ended(claim.getKey());
      } catch (IOException e) {
        unended.addAll(claim.getValue());
        trouble = trouble == null ? e : trouble;
      }
    }
    if (trouble != null) {
      throw new PartialEndException(unended, lost, directory.explained(trouble));
    }
    return lost;
  }

  @Override
  public void delete(Lease lease) throws IOException, LeaseLostException {
    end(lease, claim -> claim.delete(lease));
  }

  /** What a holder does with a lease; false when it is lost. */
  private interface Step {
    boolean isTaken() throws IOException;
  }

  /** A step after which the lease is over. */
  private interface LastStep {
    boolean isTaken(Claim claim) throws IOException;
  }

  private void end(Lease lease, LastStep last) throws IOException, LeaseLostException {
    Claim claim = claims.of(lease);
    step(lease, () -> last.isTaken(claim));
    claims.ended(claim);
  }

  private void step(Lease lease, Step step) throws IOException, LeaseLostException {
    try {
      if (!step.isTaken()) {
        throw new LeaseLostException(lease);
      }
    } catch (IOException e) {
      throw directory.explained(e);
    }
  }

  @Override
  public QueueStats stats() throws IOException {
    return operator.stats();
  }

  /** Names are enough for that; what they mean need not be looked up. */
  @Override
  public boolean isEmpty() throws IOException {
    return operator.isEmpty() && isGateOpen();
  }

  @Override
  public void closeGate(Gate gate) throws IOException {
    requireGates();
    gatekeeper.closeGate(gate, this, directory.draft("gate", opened.random()));
  }

  @Override
  public void openGate() throws IOException {
    requireGates();
    gatekeeper.openGate();
  }

  private void requireGates() {
    if (!isOursAlone) {
      throw new UnsupportedOperationException(
          url() + ": workers of python-task-queue, which share this queue, know no gates");
    }
  }

  @Override
  public void limit(@Nullable Limit limit) throws IOException {
    if (!isOursAlone) {
      throw new UnsupportedOperationException(
          url() + ": workers of python-task-queue, which share this queue, know no limits");
    }
    if (limit == null) {
      limitFile.remove();
    } else {
      limitFile.write(limit, directory.draft("limit", opened.random()));
    }
  }

  @Override
  public Optional<Limit> limit() throws IOException {
    return isOursAlone ? Optional.ofNullable(limitFile.read()) : Optional.empty();
  }

  @Override
  public Optional<Gate> gate() throws IOException {
    return isOursAlone ? Optional.ofNullable(gatekeeper.gate()) : Optional.empty();
  }

  @Override
  public List<String> gateWaitsFor() {
    return isOursAlone ? gatekeeper.waitsFor() : List.of();
  }

  @Override
  public Stream<TaskInfo> list() throws IOException {
    return operator.list();
  }

  @Override
  public Stream<TaskEntry> entries(Predicate<? super TaskInfo> which) throws IOException {
    return operator.entries(which);
  }

  @Override
  public Stream<TaskDetail> bodies(Predicate<? super TaskInfo> which) throws IOException {
    return operator.bodies(which);
  }

  @Override
  public Optional<TaskDetail> peek(TaskId id) throws IOException {
    return operator.peek(id);
  }

  @Override
  public long deleteById(Set<TaskId> ids) throws IOException {
    return operator.deleteById(ids);
  }

  @Override
  public long completeById(Set<TaskId> ids) throws IOException {
    return operator.completeById(ids);
  }

  @Override
  public long releaseAll(Predicate<? super TaskInfo> which) throws IOException {
    return operator.releaseAll(which);
  }

  @Override
  public Stream<TaskDetail> dead() throws IOException {
    return operator.dead();
  }

  @Override
  public long retryDead(Predicate<? super TaskId> which) throws IOException {
    return operator.retryDead(which);
  }

  @Override
  public long purgeDead(Predicate<? super TaskId> which) throws IOException {
    return operator.purgeDead(which);
  }

  @Override
  public void rezero() throws IOException {
    counters.rezero();
  }

  @Override
  public OptionalLong purge() throws IOException {
    return OptionalLong.of(operator.purge());
  }

  @Override
  public long bundle(int size, Predicate<? super TaskInfo> which) throws IOException {
    if (size < 2) {
      throw new IllegalArgumentException("bundle: expected at least 2 tasks, found " + size);
    }
    return explained(() -> format.bundle(size, which));
  }

  @Override
  public long unbundle() throws IOException {
    return explained(format::unbundle);
  }

  private interface Packing {
    long run() throws IOException;
  }

  private long explained(Packing packing) throws IOException {
    try {
      return packing.run();
    } catch (IOException e) {
      throw directory.explained(e);
    }
  }

  @Override
  public Optional<OutcomeLog> outcomes() {
    return Optional.of(new OutcomeDirectory(records(directory.outcomes())));
  }

  @Override
  public Optional<OutputLog> output() {
    return Optional.of(new OutputDirectory(records(directory.output()), opened.clock()));
  }

  private WorkerFiles records(Path in) {
    return new WorkerFiles(in, opened.permissions(), opened.holders()::next);
  }

  @Override
  public void share() throws IOException {
    claims.share();
  }

  @Override
  public long passedOver() {
    return claims.passedOver();
  }

  /**
   * All that java.nio has no exception of its own for: on network file systems those are timeouts,
   * stale handles and servers that restart. The rest will be the same a moment later, as will a
   * file system that is mounted to be read only.
   */
  @Override
  public boolean isTransient(IOException trouble) {
    boolean named =
        trouble instanceof FileSystemException && trouble.getClass() != FileSystemException.class;
    return !named
        && !(trouble instanceof NoQueueException)
        && !(trouble instanceof QueueDeniedException)
        && !(trouble instanceof InvalidPayloadException)
        && !(trouble instanceof MalformedFileException)
        && !AtomicFiles.isReadOnly(trouble);
  }

  @Override
  public void close() throws IOException {
    gatekeeper.close();
    claims.giveBack();
    counters.settle();
    scan.close();
  }

  @Override
  public String toString() {
    return url();
  }
}
