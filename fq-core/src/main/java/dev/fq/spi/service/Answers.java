package dev.fq.spi.service;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;

/** Waits for the answers of a service, and says its errors in fq's words. */
public final class Answers {

  private final String service;
  private final Function<Throwable, IOException> trouble;
  private final Predicate<IOException> isLost;

  /**
   * @param service its name, for messages
   * @param trouble says what went wrong
   * @param isLost whether such trouble means that a lease no longer counts
   */
  public Answers(
      String service, Function<Throwable, IOException> trouble, Predicate<IOException> isLost) {
    this.service = service;
    this.trouble = trouble;
    this.isLost = isLost;
  }

  /**
   * The answer.
   *
   * @throws IOException with the service's words
   * @throws InterruptedException if interrupted; the call is cancelled then
   */
  public <T> T await(Future<T> answer) throws IOException, InterruptedException {
    return await(answer, () -> answer.cancel(true));
  }

  /**
   * The answer.
   *
   * @param interrupted what to do with the call when this thread is interrupted
   * @throws IOException with the service's words
   * @throws InterruptedException if interrupted
   */
  public <T> T await(Future<T> answer, Runnable interrupted)
      throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw trouble.apply(e);
    } catch (CancellationException e) {
      throw new IOException("the call was cancelled", e);
    } catch (InterruptedException e) {
      interrupted.run();
      throw e;
    }
  }

  /**
   * The answer, also for an interrupted thread, which stays so: for what must be known to the end.
   */
  public <T> T awaitThroughInterrupts(Future<T> answer) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return await(answer, () -> {});
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

  /** The answer, for verbs that do not tell of interruption. */
  public <T> T of(Future<T> answer) throws IOException {
    try {
      return await(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + service, e);
    }
  }

  /**
   * The answer to a verb of a lease.
   *
   * @throws LeaseLostException if the service says that it no longer counts
   */
  public <T> T of(Future<T> answer, Lease lease) throws IOException, LeaseLostException {
    try {
      return of(answer);
    } catch (IOException e) {
      if (isLost.test(e)) {
        throw new LeaseLostException(lease);
      }
      throw e;
    }
  }

  /** Whether the verb of a lease took place; not when the service says that it no longer counts. */
  public boolean isDone(Future<?> answer) throws IOException {
    try {
      of(answer);
      return true;
    } catch (IOException e) {
      if (isLost.test(e)) {
        return false;
      }
      throw e;
    }
  }
}
