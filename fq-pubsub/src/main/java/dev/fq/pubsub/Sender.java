package dev.fq.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.gax.batching.BatchingSettings;
import com.google.api.gax.batching.FlowControlSettings;
import com.google.api.gax.batching.FlowController;
import com.google.cloud.pubsub.v1.Publisher;
import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PubsubMessage;
import dev.fq.spi.Envelope;
import dev.fq.spi.NewTask;
import dev.fq.spi.PartialInsertException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes tasks through Google's publisher, which packs them into requests by count and bytes,
 * has many requests on their way at once, tries them again, and holds us up when too much is on its
 * way.
 */
final class Sender implements AutoCloseable {

  private static final BatchingSettings BATCHES =
      BatchingSettings.newBuilder()
          .setElementCountThreshold((long) Limits.MESSAGES_PER_REQUEST)
          .setRequestByteThreshold(1_000_000L)
          .setDelayThresholdDuration(Duration.ofMillis(10))
          .setFlowControlSettings(
              FlowControlSettings.newBuilder()
                  .setLimitExceededBehavior(FlowController.LimitExceededBehavior.Block)
                  .setMaxOutstandingElementCount(20_000L)
                  .setMaxOutstandingRequestBytes(64_000_000L)
                  .build())
          .build();

  private final Publisher publisher;
  private final PubSubAddress address;

  Sender(Connection connection, PubSubAddress address) throws IOException {
    this.address = address;
    this.publisher = connection.publisherTo(address.topic()).setBatchingSettings(BATCHES).build();
  }

  /**
   * Sends these.
   *
   * @throws IllegalArgumentException if one is delayed, or larger than the service takes; nothing
   *     is sent then
   * @throws PartialInsertException if some were not taken, or nobody knows whether they were
   */
  void send(List<NewTask> tasks) throws IOException {
    List<PubsubMessage> messages = tasks.stream().map(this::message).toList();
    List<ApiFuture<String>> answers = new ArrayList<>();
    for (PubsubMessage message : messages) {
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
      answers.add(publisher.publish(message));
    }
    publisher.publishAllOutstanding();
    account(tasks.size(), answers);
  }

  private PubsubMessage message(NewTask task) {
    Limits.requireNoDelay(task);
    ByteString body = ByteString.copyFromUtf8(Envelope.of(task, address.toString()));
    Limits.requireSize(task, body.size());
    return PubsubMessage.newBuilder().setData(body).build();
  }

  /** Waits for all that is on its way, interrupted or not: what was sent may be in the queue. */
  private static void account(int given, List<ApiFuture<String>> answers)
      throws PartialInsertException {
    BitSet missing = new BitSet();
    Throwable cause = null;
    for (int place = 0; place < answers.size(); place++) {
      Throwable trouble = troubleOf(answers.get(place));
      if (trouble != null) {
        missing.set(place);
        cause = cause == null ? Service.trouble(trouble) : cause;
      }
    }
    if (answers.size() < given) {
      missing.set(answers.size(), given);
      cause = cause == null ? new InterruptedException("interrupted") : cause;
    }
    if (cause != null) {
      throw new PartialInsertException(given, missing, cause);
    }
  }

  private static @Nullable Throwable troubleOf(ApiFuture<String> answer) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          answer.get();
          return null;
        } catch (ExecutionException e) {
          return e.getCause() == null ? e : e.getCause();
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

  @Override
  public void close() {
    publisher.shutdown();
  }
}
