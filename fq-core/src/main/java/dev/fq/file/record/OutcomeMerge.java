package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes of several files in the order in which attempts ended, as far as each file has them
 * in order. A file is opened when its turn comes, and closed at its end: so there are no more open
 * than workers were at work at one time.
 */
final class OutcomeMerge implements Iterator<Outcome>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutcomeMerge.class);

  private final Queue<WorkerFile> unopened = new ArrayDeque<>();
  private final PriorityQueue<Cursor> open =
      new PriorityQueue<>(Comparator.comparing(cursor -> cursor.head().ended()));

  /**
   * @param files those that were begun first at the front
   */
  OutcomeMerge(List<WorkerFile> files) {
    unopened.addAll(files);
  }

  /** To be closed. */
  Stream<Outcome> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(this::close);
  }

  @Override
  public boolean hasNext() {
    try {
      WorkerFile next = unopened.peek();
      while (next != null
          && (open.isEmpty() || !next.from().isAfter(open.element().head().ended()))) {
        unopened.remove();
        add(Cursor.at(next));
        next = unopened.peek();
      }
      return !open.isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Outcome next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Cursor first = open.remove();
    Outcome outcome = first.head();
    try {
      add(first.next());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return outcome;
  }

  private void add(@Nullable Cursor cursor) {
    if (cursor != null) {
      open.add(cursor);
    }
  }

  @Override
  public void close() {
    open.forEach(cursor -> Cursor.close(cursor.lines));
    open.clear();
    unopened.clear();
  }

  /**
   * A file that is open.
   *
   * @param head its next outcome
   */
  private record Cursor(WorkerFile file, BufferedReader lines, Outcome head) {

    /** Null when there is nothing in the file, or it has been pruned. */
    static @Nullable Cursor at(WorkerFile file) throws IOException {
      BufferedReader lines;
      try {
        lines =
            new BufferedReader(
                new InputStreamReader(AtomicFiles.openToRead(file.path()), StandardCharsets.UTF_8));
      } catch (IOException e) {
        if (AtomicFiles.isGone(e)) {
          return null;
        }
        throw e;
      }
      return next(file, lines);
    }

    @Nullable Cursor next() throws IOException {
      return next(file, lines);
    }

    private static @Nullable Cursor next(WorkerFile file, BufferedReader lines) throws IOException {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Outcome outcome = OutcomeLine.read(line);
        if (outcome != null) {
          return new Cursor(file, lines, outcome);
        }
        log.debug("{}: passed over a line that is no outcome", file.path());
      }
      close(lines);
      return null;
    }

    static void close(BufferedReader lines) {
      try {
        lines.close();
      } catch (IOException e) {
        log.debug("a file of outcomes cannot be closed: {}", e.toString());
      }
    }
  }
}
