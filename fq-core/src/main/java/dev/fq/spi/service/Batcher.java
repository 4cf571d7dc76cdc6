package dev.fq.spi.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers single calls of one kind that come within a short time into requests of many. Every call
 * is answered, whatever happens to the request that it goes with.
 *
 * <p>It stands in place of the SQS SDK's own {@code SqsAsyncBatchManager}, by which a renewal in a
 * test had no answer after two minutes: a renewer that waits for ever loses all its leases.
 *
 * @param <E> a call
 */
public final class Batcher<E> {

  private record Call<E>(E entry, CompletableFuture<Void> answer) {}

  private final Function<List<E>, CompletableFuture<Map<Integer, Throwable>>> request;
  private final ScheduledExecutorService timer;
  private final Duration wait;
  private final int size;

  // Guarded by this.
  private List<Call<E>> gathered = new ArrayList<>();

  /**
   * @param request sends these, and gives what became of those that failed, by their places among
   *     them, counted from 0
   * @param timer sends what has waited long enough
   * @param wait how long a call waits for others at most
   * @param size how many calls go in one request at most
   */
  public Batcher(
      Function<List<E>, CompletableFuture<Map<Integer, Throwable>>> request,
      ScheduledExecutorService timer,
      Duration wait,
      int size) {
    this.request = request;
    this.timer = timer;
    this.wait = wait;
    this.size = size;
  }

  /** Makes this call; what becomes of it. */
  public CompletableFuture<Void> call(E entry) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    List<Call<E>> full = List.of();
    synchronized (this) {
      gathered.add(new Call<>(entry, answer));
      if (gathered.size() == size) {
        full = take();
      } else if (gathered.size() == 1) {
        sendLater();
      }
    }
    send(full);
    return answer;
  }

  /**
   * RACE: when the time is up, what is gathered may be others than those it was set for: no harm.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // send answers every call
  private void sendLater() {
    try {
      timer.schedule(() -> send(take()), wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      gathered.remove(0).answer.completeExceptionally(e);
    }
  }

  private synchronized List<Call<E>> take() {
    List<Call<E>> taken = gathered;
    gathered = new ArrayList<>();
    return taken;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the answers are what counts
  private void send(List<Call<E>> calls) {
    if (calls.isEmpty()) {
      return;
    }
    try {
      request
          .apply(calls.stream().map(Call::entry).toList())
          .whenComplete((failed, trouble) -> answer(calls, failed, trouble));
    } catch (RuntimeException | Error e) {
      // Also when memory is used up: nobody must wait for ever for an answer.
      answer(calls, null, e);
    }
  }

  private static <E> void answer(
      List<Call<E>> calls, @Nullable Map<Integer, Throwable> failed, @Nullable Throwable trouble) {
    Throwable troubleOfAll = trouble;
    if (failed != null && failed.keySet().stream().anyMatch(place -> place >= calls.size())) {
      // Then nobody knows who has failed.
      troubleOfAll = new IllegalStateException("failures of calls that were not made: " + failed);
    }
    for (int place = 0; place < calls.size(); place++) {
      CompletableFuture<Void> answer = calls.get(place).answer;
      Throwable troubleOfOne =
          troubleOfAll != null || failed == null ? troubleOfAll : failed.get(place);
      if (troubleOfOne == null) {
        answer.complete(null);
      } else {
        answer.completeExceptionally(troubleOfOne);
      }
    }
  }
}
