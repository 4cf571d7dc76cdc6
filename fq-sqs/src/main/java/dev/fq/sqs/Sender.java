package dev.fq.sqs;

import dev.fq.spi.Envelope;
import dev.fq.spi.NewTask;
import dev.fq.spi.PartialInsertException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/**
 * Sends tasks, in batches as large as the service takes, many on their way at once. The SDK tries a
 * whole request again; what is tried again here is an entry that the service refused by its own
 * fault.
 *
 * <p>A failed insert says which tasks are missing, since many batches are on their way at once.
 * With a message group, one batch follows the other, for the order.
 */
final class Sender {

  private static final int BATCHES_ON_THEIR_WAY = 64;
  private static final int TRIES = 8;
  private static final BackoffStrategy BACKOFF =
      BackoffStrategy.exponentialDelay(Duration.ofMillis(50), Duration.ofSeconds(5));

  private final SqsAsyncClient client;
  private final String queueUrl;
  private final SqsAddress address;
  private final Semaphore permits;

  Sender(SqsAsyncClient client, String queueUrl, SqsAddress address) {
    this.client = client;
    this.queueUrl = queueUrl;
    this.address = address;
    // One after the other keeps the order within a group.
    this.permits = new Semaphore(address.group() == null ? BATCHES_ON_THEIR_WAY : 1);
  }

  /** One send of a number of tasks, and what has become of it. */
  private static final class Account {
    // Guarded by this.
    private final BitSet missing = new BitSet();
    private @Nullable Throwable cause;

    synchronized void failed(int place, Throwable why) {
      missing.set(place);
      cause = cause == null ? why : cause;
    }
  }

  /**
   * Sends these.
   *
   * @throws IllegalArgumentException if one is larger, or delayed longer, than the service takes;
   *     nothing is sent then
   * @throws PartialInsertException if some were not taken
   */
  void send(List<NewTask> tasks) throws IOException {
    send(tasks, task -> task.id().value());
  }

  /**
   * Sends a task that has been in the queue before.
   *
   * @param deduplicationId for a FIFO queue, which drops for five minutes what comes under one id
   */
  void resend(NewTask task, String deduplicationId) throws IOException {
    send(List.of(task), again -> deduplicationId);
  }

  private void send(List<NewTask> tasks, Function<NewTask, String> deduplicationId)
      throws IOException {
    Account account = new Account();
    List<CompletableFuture<?>> answers = new ArrayList<>();
    int sent = 0;
    try {
      for (List<SendMessageBatchRequestEntry> batch : batches(tasks, deduplicationId)) {
        permits.acquire();
        answers.add(send(batch, account, 1).whenComplete((done, trouble) -> permits.release()));
        sent += batch.size();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      for (int place = sent; place < tasks.size(); place++) {
        account.failed(place, e);
      }
    }
    // Each has dealt with its own trouble.
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    synchronized (account) {
      if (account.cause != null) {
        throw new PartialInsertException(tasks.size(), account.missing, account.cause);
      }
    }
  }

  private CompletableFuture<Void> send(
      List<SendMessageBatchRequestEntry> batch, Account account, int tries) {
    return client
        .sendMessageBatch(request -> request.queueUrl(queueUrl).entries(batch))
        .handle((answer, trouble) -> toSendAgain(batch, answer, trouble, account, tries))
        .thenCompose(again -> sendAgain(again, account, tries));
  }

  /** What the service refused by its own fault; what else is not taken goes to the account. */
  private static List<SendMessageBatchRequestEntry> toSendAgain(
      List<SendMessageBatchRequestEntry> batch,
      @Nullable SendMessageBatchResponse answer,
      @Nullable Throwable trouble,
      Account account,
      int tries) {
    List<SendMessageBatchRequestEntry> again = new ArrayList<>();
    if (answer == null) {
      batch.forEach(entry -> account.failed(place(entry.id()), Service.trouble(trouble)));
      return again;
    }
    for (BatchResultErrorEntry error : answer.failed()) {
      boolean isServicesFault = !Boolean.TRUE.equals(error.senderFault());
      if (isServicesFault && tries < TRIES) {
        batch.stream().filter(entry -> entry.id().equals(error.id())).forEach(again::add);
      } else {
        account.failed(place(error.id()), refusal(error));
      }
    }
    return again;
  }

  private CompletableFuture<Void> sendAgain(
      List<SendMessageBatchRequestEntry> batch, Account account, int tries) {
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Executor later =
        CompletableFuture.delayedExecutor(
            BACKOFF.computeDelay(tries).toMillis(), TimeUnit.MILLISECONDS);
    return CompletableFuture.supplyAsync(() -> tries + 1, later)
        .thenCompose(next -> send(batch, account, next));
  }

  private static IOException refusal(BatchResultErrorEntry error) {
    return new IOException("SQS refuses a task, %s: %s".formatted(error.code(), error.message()));
  }

  private static int place(String entryId) {
    return Integer.parseInt(entryId);
  }

  private List<List<SendMessageBatchRequestEntry>> batches(
      List<NewTask> tasks, Function<NewTask, String> deduplicationId) {
    List<List<SendMessageBatchRequestEntry>> batches = new ArrayList<>();
    List<SendMessageBatchRequestEntry> batch = new ArrayList<>();
    int bytes = 0;
    for (int place = 0; place < tasks.size(); place++) {
      NewTask task = tasks.get(place);
      String body = Envelope.of(task, address.toString());
      int size = requireSize(task, body);
      if (batch.size() == Limits.BATCH_ENTRIES || bytes + size > Limits.BYTES) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(entry(place, task, body, deduplicationId.apply(task)));
      bytes += size;
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private static int requireSize(NewTask task, String body) {
    int size = body.getBytes(StandardCharsets.UTF_8).length;
    if (size > Limits.BYTES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task %s has %,d bytes, and SQS takes at most %,d",
              task.id(),
              size,
              Limits.BYTES));
    }
    return size;
  }

  private SendMessageBatchRequestEntry entry(
      int place, NewTask task, String body, String deduplicationId) {
    Limits.requireDelay(task.delay());
    SendMessageBatchRequestEntry.Builder entry =
        SendMessageBatchRequestEntry.builder().id(Integer.toString(place)).messageBody(body);
    if (address.isFifo()) {
      requireNoDelay(task);
      entry
          .messageGroupId(address.group() == null ? task.id().value() : address.group())
          .messageDeduplicationId(deduplicationId);
    } else if (!task.delay().isZero()) {
      entry.delaySeconds(Limits.seconds(task.delay()));
    }
    return entry.build();
  }

  private void requireNoDelay(NewTask task) {
    if (!task.delay().isZero()) {
      throw new IllegalArgumentException(
          "delay: a FIFO queue (%s) takes no delay of a single task".formatted(address));
    }
  }
}
