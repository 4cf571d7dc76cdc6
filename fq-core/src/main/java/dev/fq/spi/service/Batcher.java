package dev.fq.sqs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.SqsException;

/**
 * Gathers single calls of one kind that come within a short time into requests of ten. Every call
 * is answered, whatever happens to the request that it goes with.
 *
 * @param <E> a call
 */
final class Batcher<E> {

  private record Call<E>(E entry, CompletableFuture<Void> answer) {}

  private final Function<List<E>, CompletableFuture<List<BatchResultErrorEntry>>> request;
  private final ScheduledExecutorService timer;
  private final Duration wait;

  // Guarded by this.
  private List<Call<E>> gathered = new ArrayList<>();

  /**
   * @param request sends these; each has its place among them as its id, in decimal. Gives those
   *     that failed
   * @param wait how long a call waits for others at most
   */
  Batcher(
      Function<List<E>, CompletableFuture<List<BatchResultErrorEntry>>> request,
      ScheduledExecutorService timer,
      Duration wait) {
    this.request = request;
    this.timer = timer;
    this.wait = wait;
  }

  CompletableFuture<Void> call(E entry) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    List<Call<E>> full = List.of();
    synchronized (this) {
      gathered.add(new Call<>(entry, answer));
      if (gathered.size() == Limits.BATCH_ENTRIES) {
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
    } catch (RuntimeException e) {
      answer(calls, null, e);
    }
  }

  private static <E> void answer(
      List<Call<E>> calls,
      @Nullable List<BatchResultErrorEntry> failed,
      @Nullable Throwable trouble) {
    Throwable troubleOfAll = trouble;
    try {
      for (BatchResultErrorEntry entry :
          failed == null ? List.<BatchResultErrorEntry>of() : failed) {
        calls.get(Integer.parseInt(entry.id())).answer.completeExceptionally(exception(entry));
      }
    } catch (RuntimeException e) {
      // An id that is none of ours: then nobody knows who has failed.
      troubleOfAll = e;
    }
    for (Call<E> call : calls) {
      if (troubleOfAll == null) {
        call.answer.complete(null);
      } else {
        call.answer.completeExceptionally(troubleOfAll);
      }
    }
  }

  /** As a call alone would have thrown it. */
  private static Exception exception(BatchResultErrorEntry entry) {
    return SqsException.builder()
        .message(entry.message())
        .awsErrorDetails(
            AwsErrorDetails.builder().errorCode(entry.code()).errorMessage(entry.message()).build())
        .build();
  }
}
