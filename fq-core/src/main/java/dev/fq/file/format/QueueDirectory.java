package dev.fq.file.format;

import dev.fq.file.counter.CounterNames;
import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Durable;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Nonces;
import dev.fq.file.disk.Permissions;
import dev.fq.spi.AbsolutePath;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one queue: its parts, how it is told from other directories, how it is made.
 *
 * @param root the queue's own directory, absolute
 * @param queue the tasks
 * @param tmp what is being written
 * @param dead what was given up
 * @param layout what the directory said when it was opened
 */
public record QueueDirectory(Path root, Path queue, Path tmp, Path dead, Layout layout) {

  private static final Logger log = LoggerFactory.getLogger(QueueDirectory.class);

  /**
   * What a queue is made like.
   *
   * @param permissions of its directory, as chmod(1) has them; null for what the umask gives
   * @param layout of its format
   */
  public record CreateOptions(@Nullable Integer permissions, Layout layout) {
    static final CreateOptions USUAL = new CreateOptions(null, Layout.OWN);
  }

  private QueueDirectory(Path root, Layout layout) {
    this(
        root,
        root.resolve(Layout.QUEUE),
        root.resolve(Layout.TMP),
        root.resolve(Layout.DEAD),
        layout);
  }

  /**
   * The queue at this path.
   *
   * @throws NoQueueException if something else is there, or nothing and {@code mode} makes none
   */
  public static QueueDirectory open(Path path, OpenMode mode) throws IOException {
    return open(path, mode, CreateOptions.USUAL);
  }

  /** The same; what is not there yet is made with these options. */
  public static QueueDirectory open(Path path, OpenMode mode, CreateOptions options)
      throws IOException {
    Path root = AbsolutePath.of(path);
    refuseOtherThings(root);
    boolean isThere = AtomicFiles.isDirectory(root.resolve(Layout.QUEUE));
    Layout found = Layout.of(root);
    if (isThere && found == Layout.OWN && options.layout == Layout.PYTHON) {
      throw new NoQueueException(
          root
              + ": this queue is in fq's own format; to share it with python-task-queue, stop its"
              + " workers and turn it with fq migrate --to python");
    }
    QueueDirectory directory =
        new QueueDirectory(root, found == Layout.OWN ? options.layout : found);
    if (mode == OpenMode.CREATE) {
      directory.create(options.permissions);
    } else if (!isThere) {
      throw new NoQueueException(
          root + ": no queue here; check the path, or insert a task to make one");
    } else if (found == Layout.PYTHON) {
      directory.complete();
    }
    return directory;
  }

  /** Python makes no {@code tmp/} and no {@code dead/}. Who only looks can do without. */
  private void complete() {
    try {
      create(null);
    } catch (IOException e) {
      log.debug("{}: not all of its directories can be made: {}", root, e.toString());
    }
  }

  private static void refuseOtherThings(Path root) throws IOException {
    if (!AtomicFiles.isDirectory(root)) {
      refuseDanglingLinks(root);
      if (Files.exists(root)) {
        throw new NoQueueException(root + ": expected a queue's directory, found a file");
      }
      return;
    }
    refuseLinks(root);
    boolean isQueue =
        AtomicFiles.isDirectory(root.resolve(Layout.QUEUE))
            && (AtomicFiles.isDirectory(root.resolve(Layout.TMP))
                || Layout.of(root) == Layout.PYTHON);
    String foreign = isQueue ? null : foreignEntry(root);
    if (foreign != null) {
      throw new NoQueueException(
          "%s: expected a queue or an empty directory, found a directory with other content (%s)"
              .formatted(root, foreign));
    }
  }

  private static void refuseDanglingLinks(Path root) throws IOException {
    for (Path part = root; part != null; part = part.getParent()) {
      if (Files.isSymbolicLink(part) && !Files.exists(part)) {
        throw new NoQueueException(
            "%s: a symbolic link to %s, where nothing is; make that, or remove the link"
                .formatted(part, Files.readSymbolicLink(part)));
      }
    }
  }

  /** In a directory where others may write, a link can lead to where only this user may. */
  private static void refuseLinks(Path root) throws IOException {
    for (String part : Layout.all()) {
      if (Files.isSymbolicLink(root.resolve(part))) {
        throw new NoQueueException(
            "%s: expected a directory, found a symbolic link; put the directory itself there"
                .formatted(root.resolve(part)));
      }
    }
  }

  private static @Nullable String foreignEntry(Path root) throws IOException {
    try (Listing entries = new Listing(root)) {
      String name = entries.next();
      while (name != null && isOurs(name)) {
        name = entries.next();
      }
      return name;
    }
  }

  /** Whether a name in a queue's directory is none of a stranger. */
  public static boolean isOurs(String name) {
    return Layout.all().contains(name)
        || CounterNames.isCounter(name)
        || Layout.isGate(name)
        || Layout.isLimit(name)
        || name.startsWith(".");
  }

  /** Makes what is missing, {@code queue} last: a directory that has it is whole. */
  private void create(@Nullable Integer permissions) throws IOException {
    List<Path> parts = parts();
    if (parts.stream().allMatch(Files::isDirectory)) {
      return;
    }
    Path parent = root.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Permissions.makeDirectory(root, permissions);
    Integer same = Permissions.of(root);
    for (Path part : parts) {
      Permissions.makeDirectory(part, same);
    }
    Durable.forceDirectory(root);
    if (parent != null) {
      Durable.forceDirectory(parent);
    }
  }

  private List<Path> parts() {
    return layout.parts().stream().map(this::part).toList();
  }

  /** The part of this name. */
  public Path part(String name) {
    return root.resolve(name);
  }

  /**
   * Whether the other is the same directory, by whatever path. Two mounts of one NFS export show it
   * with devices and inodes of their own: then a file that is made in one is seen in the other.
   */
  public boolean isSameAs(QueueDirectory other, Random random) throws IOException {
    if (!root.getFileSystem().equals(other.root.getFileSystem())) {
      return false;
    }
    return Files.isSameFile(root, other.root)
        || Files.isSameFile(queue, other.queue)
        || sees(other, random)
        || other.sees(this, random);
  }

  private boolean sees(QueueDirectory other, Random random) {
    Path mark = other.draft("same", random);
    try {
      AtomicFiles.write(mark, new byte[0]);
      // Listed, since NFS clients remember that a name was absent.
      return Listing.names(tmp).contains(mark.getFileName().toString());
    } catch (IOException e) {
      log.debug("{} and {} cannot be compared: {}", root, other.root, e.toString());
      return false;
    } finally {
      AtomicFiles.removeProbe(mark);
    }
  }

  public String url() {
    return new QueueUrl("fq", root.toString(), Map.of()).toString();
  }

  /** What became of attempts; there with the first that is written. */
  public Path outcomes() {
    return root.resolve(Layout.OUTCOMES);
  }

  /** Where workers keep what tasks write. */
  public Path output() {
    return root.resolve(Layout.OUTPUT);
  }

  /** What others may do with the files in it. */
  public Permissions permissions(Random random) {
    return new Permissions(root, tmp, random);
  }

  /** A file in {@code tmp/} that nobody else writes. */
  public Path draft(String of, Random random) {
    return tmp.resolve(of + "." + Nonces.next(random));
  }

  public Path task(TaskName name) {
    return file(name.fileName());
  }

  /** The file of this name in {@code queue/}. */
  public Path file(String fileName) {
    return queue.resolve(fileName);
  }

  /** What is looked for in {@code queue/}. */
  @FunctionalInterface
  public interface Search<T> {
    /** What is found under this name, or null. */
    @Nullable T at(String fileName) throws IOException;
  }

  /** The first that is found in {@code queue/}, by a listing of now, or null. */
  public <T> @Nullable T find(Search<T> search) throws IOException {
    try (Listing names = new Listing(queue)) {
      for (String fileName = names.next(); fileName != null; fileName = names.next()) {
        T found = search.at(fileName);
        if (found != null) {
          return found;
        }
      }
      return null;
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Whether {@code queue/} has this name, by a listing of now. */
  public boolean has(String fileName) throws IOException {
    return find(name -> name.equals(fileName) ? name : null) != null;
  }

  /** The trouble itself, or what is behind it: the whole queue has gone, or may not be changed. */
  public IOException explained(IOException trouble) {
    if (AtomicFiles.isGone(trouble) && !mayBeThere()) {
      return new NoQueueException(
          root + ": the queue is gone: it has no directory queue/ now", trouble);
    }
    return AtomicFiles.isDenied(trouble) ? denied(trouble) : trouble;
  }

  private QueueDeniedException denied(IOException trouble) {
    return new QueueDeniedException(
        AtomicFiles.isReadOnly(trouble)
            ? root + ": the file system is mounted read-only; work where it can be written"
            : "%s: permission denied (%s); ask its owner to let this user write there"
                .formatted(root, trouble.getMessage()),
        trouble);
  }

  /** Whether this user may make, rename and remove names in {@code queue/}. */
  public boolean mayChangeTasks() {
    return Files.isWritable(queue);
  }

  /** A file server that restarts says "stale" for a while of what will be there again. */
  private boolean mayBeThere() {
    try {
      return AtomicFiles.isDirectory(queue);
    } catch (IOException e) {
      return true;
    }
  }
}
