package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the lines of several files say, in the order of time, as far as each file has them in order.
 * A file is opened when its turn comes, and closed at its end: so there are no more open than
 * workers were at work at one time.
 */
final class LineMerge<T> implements Iterator<T>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LineMerge.class);

  /**
   * What kind of lines is wanted.
   *
   * @param read what a line says; null when it is none of these
   * @param time of what it says
   * @param most how many lines of a file to look at
   */
  record Lines<T>(
      Function<String, @Nullable T> read,
      Function<T, Instant> time,
      ToLongFunction<WorkerFile> most) {}

  private final Lines<T> wanted;
  private final Queue<WorkerFile> unopened = new ArrayDeque<>();
  private final PriorityQueue<Cursor> open =
      new PriorityQueue<>(Comparator.comparing(Cursor::time));

  /**
   * @param files those that were begun first at the front
   */
  LineMerge(List<WorkerFile> files, Lines<T> wanted) {
    this.wanted = wanted;
    unopened.addAll(files);
  }

  /** To be closed. */
  Stream<T> stream() {
    return stream(this).onClose(this::close);
  }

  static <E> Stream<E> stream(Iterator<E> elements) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(elements, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public boolean hasNext() {
    try {
      WorkerFile next = unopened.peek();
      while (next != null && (open.isEmpty() || !next.from().isAfter(open.element().time()))) {
        unopened.remove();
        open(next);
        next = unopened.peek();
      }
      return !open.isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Cursor first = open.remove();
    T given = first.head;
    try {
      advance(first);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return given;
  }

  /** Does nothing when the file has been pruned. */
  private void open(WorkerFile file) throws IOException {
    BufferedReader lines;
    try {
      lines =
          new BufferedReader(
              new InputStreamReader(AtomicFiles.openToRead(file.path()), StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return;
      }
      throw e;
    }
    advance(file, lines, wanted.most().applyAsLong(file));
  }

  private void advance(Cursor cursor) throws IOException {
    advance(cursor.file, cursor.lines, cursor.left);
  }

  /** Goes on to the next line of this file that is wanted, or closes it at its end. */
  private void advance(WorkerFile file, BufferedReader lines, long most) throws IOException {
    for (long left = most; left > 0; left--) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      T head = wanted.read().apply(line);
      if (head != null) {
        open.add(new Cursor(file, lines, left - 1, head));
        return;
      }
    }
    close(lines);
  }

  private static void close(BufferedReader lines) {
    try {
      lines.close();
    } catch (IOException e) {
      log.debug("a file of records cannot be closed: {}", e.toString());
    }
  }

  @Override
  public void close() {
    open.forEach(cursor -> close(cursor.lines));
    open.clear();
    unopened.clear();
  }

  /** A file that is open, and what its next line says. */
  private final class Cursor {
    private final WorkerFile file;
    private final BufferedReader lines;
    private final long left;
    private final T head;

    Cursor(WorkerFile file, BufferedReader lines, long left, T head) {
      this.file = file;
      this.lines = lines;
      this.left = left;
      this.head = head;
    }

    Instant time() {
      return wanted.time().apply(head);
    }
  }
}
