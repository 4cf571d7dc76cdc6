package dev.fq;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Threads that do the same step again and again, until there is no more to do or one fails. */
final class Crew {

  private final int threads;
  private final Callable<Boolean> step;
  private volatile boolean over;

  private Crew(int threads, Callable<Boolean> step) {
    this.threads = threads;
    this.step = step;
  }

  /**
   * Does the step with so many threads until it says that there is no more to do. When one fails,
   * the others end the step that they are at. One thread is the caller's own.
   *
   * @param step does one piece of the work; false when there was none
   * @throws Exception the first failure, with those of other threads as suppressed
   * @throws InterruptedException if this thread is interrupted; the others are too, and have ended
   */
  static void run(int threads, Callable<Boolean> step) throws Exception {
    Crew crew = new Crew(threads, step);
    if (threads == 1) {
      crew.work();
    } else {
      crew.workTogether();
    }
  }

  private @Nullable Void work() throws Exception {
    try {
      while (!over && step.call()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return null;
    } catch (Throwable e) {
      over = true;
      throw e;
    }
  }

  private void workTogether() throws Exception {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(work, "fq-crew");
              thread.setDaemon(true);
              return thread;
            });
    try {
      ExecutorCompletionService<@Nullable Void> ends = new ExecutorCompletionService<>(pool);
      for (int i = 0; i < threads; i++) {
        ends.submit(this::work);
      }
      throwFirst(failures(ends));
    } finally {
      over = true;
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  private List<Throwable> failures(ExecutorCompletionService<@Nullable Void> ends)
      throws InterruptedException {
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      try {
        ends.take().get();
      } catch (ExecutionException e) {
        failures.add(e.getCause() == null ? e : e.getCause());
      }
    }
    return failures;
  }

  private static void throwFirst(List<Throwable> failures) throws Exception {
    if (failures.isEmpty()) {
      return;
    }
    Throwable first = failures.get(0);
    failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
    if (first instanceof Exception exception) {
      throw exception;
    }
    throw (Error) first;
  }

  /** Whoever goes on after this must find nobody at work any more, even when interrupted. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (pool.awaitTermination(1, TimeUnit.DAYS)) {
            return;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
