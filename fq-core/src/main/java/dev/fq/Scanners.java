package dev.fq;

import dev.fq.StopConditions.Stop;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueDeniedException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the scanners of a worker's queues: that of a single one in the caller's thread, and else
 * each in one of its own. A queue with which there is trouble for good is left, and the others go
 * on; the first that has a reason to stop which concerns all ends all.
 */
final class Scanners {

  private static final Logger log = LoggerFactory.getLogger(Scanners.class);

  /** One that hangs in its queue must not keep the worker from ending. */
  private static final Duration LAST_STEPS = Duration.ofSeconds(5);

  private final List<QueueWork> queues;

  // Guarded by this.
  private final Map<QueueWork, Exception> left = new LinkedHashMap<>();
  private @Nullable Stop stop;
  private @Nullable Throwable failure;
  private int running;

  Scanners(List<QueueWork> queues) {
    this.queues = queues;
  }

  /**
   * Scans until the worker is to stop.
   *
   * @throws NoQueueException if there is one queue, and it has gone
   * @throws QueueDeniedException if there is one queue, and this user may not lease there
   */
  Stop scan() throws NoQueueException, QueueDeniedException, InterruptedException {
    if (queues.size() == 1) {
      return queues.get(0).scanner().scan();
    }
    start();
    try {
      await();
    } finally {
      stop();
    }
    return result();
  }

  private synchronized void start() {
    try {
      for (QueueWork queue : queues) {
        Thread thread = new Thread(() -> scan(queue), "fq-scanner");
        thread.setDaemon(true);
        thread.start();
        running++;
      }
    } catch (OutOfMemoryError e) {
      failure = new WorkerFailedException("no thread can be started to look for tasks in", e);
    }
  }

  private void scan(QueueWork queue) {
    try {
      Stop own = queue.scanner().scan();
      if (own.reason() == StopReason.UNFIT_HOST) {
        leaveIfUnfit(queue);
      } else if (queue.ending().denial() == null) {
        end(own, null);
      }
    } catch (IOException e) {
      leave(queue, e);
    } catch (InterruptedException e) {
      end(null, new IllegalStateException("a scanner was interrupted", e));
    } catch (RuntimeException | Error e) {
      end(null, e);
    } finally {
      synchronized (this) {
        running--;
        notifyAll();
      }
    }
  }

  private synchronized void end(@Nullable Stop own, @Nullable Throwable why) {
    stop = stop == null ? own : stop;
    failure = failure == null ? why : failure;
    notifyAll();
  }

  /** Leases nothing more from a queue; what runs of it goes on. */
  synchronized void leave(QueueWork queue, Exception why) {
    if (left.containsKey(queue)) {
      return;
    }
    left.put(queue, why);
    queue.tally().gaveUp(why);
    queue.scanner().stop();
    if (queues.size() > 1) {
      log.error("{}: left, and the others go on: {}", queue.settings().queue().url(), "" + why);
    }
    notifyAll();
  }

  /** The same, if this host could not attempt task after task of it. */
  void leaveIfUnfit(QueueWork queue) {
    String unfit = queue.health().whyUnfit();
    if (unfit != null) {
      leave(queue, new UnfitHostException(unfit));
    }
  }

  /** Whether no queue is left to work on. */
  synchronized boolean isOver() {
    return left.size() == queues.size();
  }

  /** Throws why the first queue was left, if all were. */
  synchronized void throwIfOver() throws NoQueueException, QueueDeniedException {
    if (!isOver()) {
      return;
    }
    Exception first = left.values().iterator().next();
    if (first instanceof NoQueueException gone) {
      throw gone;
    }
    if (first instanceof QueueDeniedException denied) {
      throw denied;
    }
    if (first instanceof UnfitHostException unfit) {
      throw unfit;
    }
    throw new IllegalStateException("a queue was left for " + first, first);
  }

  private synchronized void await() throws InterruptedException {
    while (stop == null && failure == null && left.size() < queues.size()) {
      wait();
    }
  }

  /** Waits for the scanners to end, after they were told to. */
  private void stop() throws InterruptedException {
    queues.forEach(queue -> queue.scanner().stop());
    synchronized (this) {
      long end = System.nanoTime() + LAST_STEPS.toNanos();
      for (long rest = LAST_STEPS.toNanos();
          running > 0 && rest > 0;
          rest = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      }
    }
  }

  private synchronized Stop result() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    return stop == null ? new Stop(StopReason.NO_QUEUE_LEFT) : stop;
  }
}
