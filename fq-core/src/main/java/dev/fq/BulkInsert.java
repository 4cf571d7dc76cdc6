package dev.fq;

import dev.fq.IncompleteInsertException.Range;
import dev.fq.spi.NewTask;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Spliterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One insert of many: generates, writes as JSON and inserts batch by batch, several at once if
 * asked, and keeps account of what is in the queue and what is not.
 */
final class BulkInsert<T> {

  private static final int BATCH = 256;

  private final QueueBackend backend;
  private final Function<? super T, Payload> payload;
  private final InsertOptions options;
  private final TaskSource<T> source;
  private final long total;

  // Guarded by this.
  private final List<Range> missing = new ArrayList<>();
  private long inserted;

  BulkInsert(
      QueueBackend backend,
      Spliterator<T> source,
      Function<? super T, Payload> payload,
      InsertOptions options) {
    this.backend = backend;
    this.payload = payload;
    this.options = options;
    this.source = new TaskSource<>(source, options.parallel());
    this.total = options.total() < 0 ? this.source.size() : options.total();
  }

  /** See {@link TaskQueue#insert(Iterable, InsertOptions)}. */
  long run() throws IncompleteInsertException {
    try {
      Crew.run(options.parallel(), this::insertNext);
      return inserted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw incomplete(e);
    } catch (Exception e) {
      throw incomplete(e);
    }
  }

  private synchronized IncompleteInsertException incomplete(Exception cause) {
    missing.addAll(source.rest());
    missing.sort(Comparator.comparingLong(Range::from));
    return new IncompleteInsertException(inserted, joined(missing), cause);
  }

  private static List<Range> joined(List<Range> ranges) {
    List<Range> joined = new ArrayList<>();
    for (Range range : ranges) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).to() == range.from()) {
        joined.set(last, new Range(joined.get(last).from(), range.to()));
      } else {
        joined.add(range);
      }
    }
    return joined;
  }

  private boolean insertNext() throws Exception {
    TaskSource.Batch<T> batch = source.next(BATCH);
    if (batch == null) {
      return false;
    }
    List<NewTask> tasks = new ArrayList<>(batch.elements().size());
    Throwable failure = write(batch, tasks);
    insert(batch, tasks);
    if (failure instanceof Exception exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return true;
  }

  /** Fills the list up to what cannot be written; returns why, or why the batch ends early. */
  private @Nullable Throwable write(TaskSource.Batch<T> batch, List<NewTask> tasks) {
    try {
      for (T element : batch.elements()) {
        tasks.add(NewTask.of(payload.apply(element), options.delay()));
      }
      return batch.failure();
    } catch (RuntimeException e) {
      return e;
    }
  }

  private void insert(TaskSource.Batch<T> batch, List<NewTask> tasks) throws Exception {
    long in = 0;
    try {
      backend.insert(tasks);
      in = tasks.size();
    } catch (PartialInsertException e) {
      in = e.inserted();
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      account(batch, in);
    }
  }

  private synchronized void account(TaskSource.Batch<T> batch, long in) {
    inserted += in;
    if (in < batch.elements().size()) {
      missing.add(batch.rangeFrom(in));
    }
    options.progress().at(inserted, total);
  }
}
