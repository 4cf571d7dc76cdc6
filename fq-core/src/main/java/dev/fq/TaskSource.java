package dev.fq;

import dev.fq.IncompleteInsertException.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Spliterator;
import org.jspecify.annotations.Nullable;

/**
 * Gives out what a spliterator generates, in batches, to any number of threads, and knows the place
 * of each in the source.
 *
 * <p>A source that tells the sizes of its parts is split into as many as there are threads, and
 * each part generates by itself; any other is one part. A part is with one thread at a time.
 */
final class TaskSource<T> {

  /**
   * Some elements in a row.
   *
   * @param from the place of the first
   * @param failure what the source threw after the last; null when it did not
   */
  record Batch<T>(long from, List<T> elements, @Nullable Throwable failure) {
    Range rangeFrom(long index) {
      return new Range(from + index, from + elements.size());
    }
  }

  private static final class Part<T> {
    final Spliterator<T> elements;
    final long end;
    long next;

    Part(Spliterator<T> elements, long next, long end) {
      this.elements = elements;
      this.next = next;
      this.end = end;
    }
  }

  private final long size;

  // Guarded by this.
  private final Deque<Part<T>> free = new ArrayDeque<>();
  private final List<Range> rest = new ArrayList<>();
  private int parts;

  /**
   * @param threads into how many parts to split the source, if it can be split
   */
  TaskSource(Spliterator<T> source, int threads) {
    this.size = source.getExactSizeIfKnown();
    split(source, 0, threads);
    this.parts = free.size();
  }

  private void split(Spliterator<T> source, long start, int into) {
    Spliterator<T> prefix =
        into > 1 && source.hasCharacteristics(Spliterator.SUBSIZED) ? source.trySplit() : null;
    if (prefix == null) {
      long known = source.getExactSizeIfKnown();
      free.add(new Part<>(source, start, known < 0 ? Long.MAX_VALUE : start + known));
      return;
    }
    long middle = start + prefix.getExactSizeIfKnown();
    split(prefix, start, into / 2);
    split(source, middle, into - into / 2);
  }

  /** How many elements there are in all; negative when that is not known. */
  long size() {
    return size;
  }

  /** Up to {@code max} elements; null when there are no more. */
  @Nullable Batch<T> next(int max) throws InterruptedException {
    Part<T> part = take();
    while (part != null) {
      Batch<T> batch = draw(part, max);
      if (batch != null) {
        return batch;
      }
      part = take();
    }
    return null;
  }

  private synchronized @Nullable Part<T> take() throws InterruptedException {
    while (free.isEmpty() && parts > 0) {
      wait();
    }
    return free.poll();
  }

  private @Nullable Batch<T> draw(Part<T> part, int max) {
    List<T> elements = new ArrayList<>(max);
    long from = part.next;
    boolean more = true;
    Throwable failure = null;
    try {
      while (more && elements.size() < max) {
        more = part.elements.tryAdvance(elements::add);
      }
    } catch (Throwable e) {
      failure = e;
    }
    part.next = from + elements.size();
    giveBack(part, more, failure != null);
    return elements.isEmpty() && failure == null ? null : new Batch<>(from, elements, failure);
  }

  /** Who has thrown is not asked again: what it gives then would have an unknown place. */
  private synchronized void giveBack(Part<T> part, boolean more, boolean broken) {
    if (more && !broken) {
      free.add(part);
    } else {
      parts--;
    }
    if (broken) {
      rest.add(new Range(part.next, part.end));
    }
    notifyAll();
  }

  /** What nobody has been given, when nobody draws any more. */
  synchronized List<Range> rest() {
    List<Range> all = new ArrayList<>(rest);
    free.stream()
        .filter(part -> part.next < part.end)
        .forEach(part -> all.add(new Range(part.next, part.end)));
    return all;
  }
}
