package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Durable;
import dev.fq.file.disk.Seconds;
import dev.fq.file.format.Format;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskFile;
import dev.fq.spi.Envelope;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.TaskId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings tasks in: each is written whole in {@code tmp/} and then renamed into {@code queue/},
 * where no reader can see it sooner.
 *
 * <p>Durable, a batch is written first, then all its files are forced, many at once, then renamed,
 * and then the directory is forced once.
 *
 * <p>An insert that is said to have failed looks whether it has taken place. Claims and completions
 * do not: they end by themselves, and each lost race would cost a look.
 */
final class Inserter {

  /** How many files a durable insert keeps open at once. */
  private static final int DURABLE_GROUP = 256;

  private final QueueDirectory directory;
  private final OpenQueue queue;
  private final Durable durable = new Durable();

  Inserter(OpenQueue queue) {
    this.queue = queue;
    this.directory = queue.directory();
  }

  /** What has become of the tasks of one insert, also when it ends with an exception. */
  static final class Account {
    private final List<NewTask> tasks;
    private final Set<TaskId> refused = new LinkedHashSet<>();
    private final BitSet missing = new BitSet();
    private int inserted;

    Account(List<NewTask> tasks) {
      this.tasks = tasks;
      missing.set(0, tasks.size());
    }

    int inserted() {
      return inserted;
    }

    /** The ids of tasks that were not inserted since others have them. */
    Set<TaskId> refused() {
      return refused;
    }

    PartialInsertException incomplete(IOException cause) {
      return new PartialInsertException(tasks.size(), missing, refused, cause);
    }

    private void ended(int place, boolean isIn) {
      missing.clear(place);
      if (isIn) {
        inserted++;
      } else {
        refused.add(tasks.get(place).id());
      }
    }
  }

  /** Inserts those of these tasks that nothing speaks against. */
  void insert(List<NewTask> tasks, Account account) throws IOException {
    for (int place : insertable(account)) {
      NewTask task = tasks.get(place);
      Path written = newFile(task);
      try {
        AtomicFiles.write(written, body(task));
        queue.permissions().giveTo(written);
        account.ended(place, publish(task, written));
      } catch (IOException e) {
        removeAfter(e, List.of(written));
        throw e;
      }
    }
  }

  /** The places of those tasks whose ids no other has, as far as one has to look. */
  private int[] insertable(Account account) throws IOException {
    Set<TaskId> taken = taken(account.tasks);
    for (int place = 0; place < account.tasks.size(); place++) {
      NewTask task = account.tasks.get(place);
      if (task.origin() != IdOrigin.GENERATED && !taken.add(task.id())) {
        account.ended(place, false);
      }
    }
    return account.missing.stream().toArray();
  }

  private Set<TaskId> taken(List<NewTask> tasks) throws IOException {
    Set<TaskId> given = new HashSet<>();
    for (NewTask task : tasks) {
      if (task.origin() == IdOrigin.GIVEN) {
        given.add(task.id());
      }
    }
    if (given.isEmpty()) {
      return given;
    }
    Set<TaskId> taken = queue.tasks().idsAmong(given);
    queue
        .deadTasks()
        .forEach(
            dead -> {
              if (given.contains(dead.id())) {
                taken.add(dead.id());
              }
            });
    return taken;
  }

  /**
   * Inserts those of these tasks that nothing speaks against, up to so many in a file. A task whose
   * id the inserter brings has a file of its own, which tells at the very moment whether the id is
   * taken.
   */
  void insertBundled(List<NewTask> tasks, int size, boolean durably, Account account)
      throws IOException {
    List<Integer> alone = new ArrayList<>();
    Map<Duration, List<Integer>> byDelay = new LinkedHashMap<>();
    for (int place : insertable(account)) {
      NewTask task = tasks.get(place);
      if (task.origin() == IdOrigin.GENERATED) {
        byDelay.computeIfAbsent(task.delay(), none -> new ArrayList<>()).add(place);
      } else {
        alone.add(place);
      }
    }
    try {
      for (List<Integer> places : byDelay.values()) {
        for (int from = 0; from < places.size(); ) {
          from += insertBundle(tasks, places.subList(from, places.size()), size, durably, account);
        }
      }
      int[] rest = alone.stream().mapToInt(Integer::intValue).toArray();
      for (int from = 0; from < rest.length; from += DURABLE_GROUP) {
        int to = Math.min(from + DURABLE_GROUP, rest.length);
        insertGroup(tasks, Arrays.copyOfRange(rest, from, to), durably, account);
      }
    } catch (IOException e) {
      if (durably) {
        forceDirectoryAfter(e);
      }
      throw e;
    }
    if (durably) {
      Durable.forceDirectory(directory.queue());
    }
  }

  /** Inserts the first of these in one bundle; how many. */
  private int insertBundle(
      List<NewTask> tasks, List<Integer> places, int size, boolean durably, Account account)
      throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    int count = 0;
    while (count < Math.min(size, places.size())) {
      String text = Envelope.line(tasks.get(places.get(count)), queue.format().queueName());
      byte[] line = text.getBytes(StandardCharsets.UTF_8);
      if (count > 0 && lines.size() + line.length > Format.MAX_BUNDLE_BYTES) {
        break;
      }
      lines.writeBytes(line);
      count++;
    }
    TaskId id = TaskId.next();
    Path written = directory.draft(id.value(), queue.random());
    try {
      AtomicFiles.write(written, lines.toByteArray());
      queue.permissions().giveTo(written);
      if (durably) {
        Durable.forceFile(written);
      }
      publishBundle(written, id, tasks.get(places.get(0)).delay(), count);
    } catch (IOException e) {
      removeAfter(e, List.of(written));
      throw e;
    }
    places.subList(0, count).forEach(place -> account.ended(place, true));
    return count;
  }

  private void publishBundle(Path written, TaskId id, Duration delay, int count)
      throws IOException {
    long due = delay.isZero() ? 0 : Seconds.roundedUp(queue.clock().instant().plus(delay));
    try {
      queue.format().publishBundle(written, id, due, count);
    } catch (IOException e) {
      // As of a task: the answer may have been lost.
      if (AtomicFiles.delete(written) || !isThere(id, e)) {
        throw e;
      }
    }
  }

  private boolean isThere(TaskId bundle, IOException failure) {
    try {
      return directory.find(
              name -> {
                TaskFile file = queue.format().parse(name);
                return file != null && file.id().equals(bundle) ? file : null;
              })
          != null;
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  void insertDurably(List<NewTask> tasks, Account account) throws IOException {
    int[] places = insertable(account);
    try {
      for (int from = 0; from < places.length; from += DURABLE_GROUP) {
        int to = Math.min(from + DURABLE_GROUP, places.length);
        insertGroup(tasks, Arrays.copyOfRange(places, from, to), true, account);
      }
    } catch (IOException e) {
      forceDirectoryAfter(e);
      throw e;
    }
    // Also for no tasks: who tries again what remains of a batch may have been told of all but
    // this.
    Durable.forceDirectory(directory.queue());
  }

  /** Those that went in are told as inserted, so they must outlast a power cut too. */
  private void forceDirectoryAfter(IOException failure) {
    try {
      Durable.forceDirectory(directory.queue());
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void insertGroup(List<NewTask> tasks, int[] places, boolean durably, Account account)
      throws IOException {
    List<Path> written = new ArrayList<>(places.length);
    try {
      write(Arrays.stream(places).mapToObj(tasks::get).toList(), durably, written);
      for (int i = 0; i < places.length; i++) {
        account.ended(places[i], publish(tasks.get(places[i]), written.get(i)));
      }
    } catch (IOException e) {
      removeAfter(e, written);
      throw e;
    }
  }

  private void write(List<NewTask> tasks, boolean durably, List<Path> written) throws IOException {
    List<FileChannel> open = new ArrayList<>(tasks.size());
    try {
      for (NewTask task : tasks) {
        Path file = newFile(task);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        open.add(channel);
        written.add(file);
        ByteBuffer body = ByteBuffer.wrap(body(task));
        while (body.hasRemaining()) {
          channel.write(body);
        }
        queue.permissions().giveTo(file);
      }
      if (durably) {
        durable.forceAll(open);
      }
    } finally {
      for (FileChannel channel : open) {
        channel.close();
      }
    }
  }

  private Path newFile(NewTask task) {
    return directory.draft(task.id().value(), queue.random());
  }

  private byte[] body(NewTask task) {
    return Envelope.of(task, queue.format().queueName()).getBytes(StandardCharsets.UTF_8);
  }

  /** Whether it is in; else another task has its id. */
  private boolean publish(NewTask task, Path written) throws IOException {
    Duration delay = task.delay();
    long due = delay.isZero() ? 0 : Seconds.roundedUp(queue.clock().instant().plus(delay));
    try {
      boolean published = queue.format().publish(written, task.id(), due, task.origin());
      if (!published) {
        AtomicFiles.delete(written);
      }
      return published;
    } catch (IOException e) {
      if (!isPublished(task, written, e)) {
        queue.format().withdraw(task.id());
        throw e;
      }
      return true;
    }
  }

  /**
   * Whether a rename or link that is said to have failed has taken place: a file server that
   * restarts may answer the second sending of a request whose first it has carried out (RFC 1813,
   * section 4.5). Inserting the task again would give it two names, once somebody has leased the
   * first.
   */
  private boolean isPublished(NewTask task, Path written, IOException failure) {
    try {
      boolean mayBe = !AtomicFiles.delete(written) || task.origin() != IdOrigin.GENERATED;
      return mayBe && queue.tasks().find(task.id()) != null;
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  /** What was not published is of no use; what was is no longer there. */
  private static void removeAfter(IOException failure, List<Path> written) {
    for (Path file : written) {
      try {
        AtomicFiles.delete(file);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
