package dev.fq.pubsub;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.protobuf.Empty;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import dev.fq.spi.service.Batcher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Ends deliveries and keeps them up: single calls that come within some milliseconds go in one
 * request. On subscriptions with exactly-once delivery the service says of each whether it counted,
 * in the metadata of an error.
 *
 * @see <a href="https://cloud.google.com/pubsub/docs/exactly-once-delivery">Exactly-once
 *     delivery</a>
 */
final class Acknowledgements {

  /** What the metadata say of a delivery whose error may be over soon; all others are for good. */
  private static final String TRANSIENT = "TRANSIENT_";

  private static final Duration BATCHING = Duration.ofMillis(10);
  private static final int TRIES = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /**
   * That a message is to come again after so long, unless it is acknowledged before.
   *
   * @param ackId its delivery
   * @param seconds how long from now; 0 for at once
   */
  private record Extension(String ackId, int seconds) {}

  private final SubscriberStub service;
  private final String subscription;
  private final ScheduledExecutorService timer;
  private final Batcher<String> ends;
  private final Batcher<Extension> extensions;

  Acknowledgements(SubscriberStub service, String subscription, ScheduledExecutorService timer) {
    this.service = service;
    this.subscription = subscription;
    this.timer = timer;
    this.ends = new Batcher<>(this::end, timer, BATCHING, Limits.ACK_IDS_PER_REQUEST);
    this.extensions = new Batcher<>(this::extend, timer, BATCHING, Limits.ACK_IDS_PER_REQUEST);
  }

  /** The message is done with: it must not come again. */
  CompletableFuture<Void> end(String ackId) {
    return ends.call(ackId);
  }

  /** The message is to come again after so many seconds. */
  CompletableFuture<Void> extend(String ackId, int seconds) {
    return extensions.call(new Extension(ackId, seconds));
  }

  /** The same for all these at once; the places of those that failed, and why. */
  CompletableFuture<Map<Integer, Throwable>> extendAll(List<String> ackIds, int seconds) {
    return each(ackIds, ids -> sendExtension(ids, seconds), 1);
  }

  private CompletableFuture<Map<Integer, Throwable>> end(List<String> ackIds) {
    return each(ackIds, this::sendEnd, 1);
  }

  /** A request has one number of seconds for all its deliveries. */
  private CompletableFuture<Map<Integer, Throwable>> extend(List<Extension> wanted) {
    Map<Integer, List<Integer>> placesBySeconds = new TreeMap<>();
    for (int place = 0; place < wanted.size(); place++) {
      placesBySeconds
          .computeIfAbsent(wanted.get(place).seconds, seconds -> new ArrayList<>())
          .add(place);
    }
    CompletableFuture<Map<Integer, Throwable>> all =
        CompletableFuture.completedFuture(new HashMap<>());
    for (Map.Entry<Integer, List<Integer>> group : placesBySeconds.entrySet()) {
      List<Integer> places = group.getValue();
      List<String> ackIds = places.stream().map(place -> wanted.get(place).ackId).toList();
      all =
          all.thenCombine(
              each(ackIds, ids -> sendExtension(ids, group.getKey()), 1)
                  // One group's trouble is not the others'.
                  .exceptionally(trouble -> all(ackIds.size(), trouble)),
              (sum, failed) -> {
                failed.forEach((place, why) -> sum.put(places.get(place), why));
                return sum;
              });
    }
    return all;
  }

  private static Map<Integer, Throwable> all(int count, Throwable trouble) {
    Map<Integer, Throwable> failed = new HashMap<>();
    for (int place = 0; place < count; place++) {
      failed.put(place, trouble);
    }
    return failed;
  }

  private CompletableFuture<Empty> sendEnd(List<String> ackIds) {
    return Service.future(
        service
            .acknowledgeCallable()
            .futureCall(
                AcknowledgeRequest.newBuilder()
                    .setSubscription(subscription)
                    .addAllAckIds(ackIds)
                    .build()));
  }

  private CompletableFuture<Empty> sendExtension(List<String> ackIds, int seconds) {
    return Service.future(
        service
            .modifyAckDeadlineCallable()
            .futureCall(
                ModifyAckDeadlineRequest.newBuilder()
                    .setSubscription(subscription)
                    .addAllAckIds(ackIds)
                    .setAckDeadlineSeconds(seconds)
                    .build()));
  }

  /** Sends a request for these; what the service says may be over soon is sent again. */
  private CompletableFuture<Map<Integer, Throwable>> each(
      List<String> ackIds, Function<List<String>, CompletableFuture<Empty>> send, int tries) {
    return send.apply(ackIds)
        .handle((done, trouble) -> trouble == null ? Map.<String, String>of() : errors(trouble))
        .thenCompose(errors -> again(ackIds, errors, send, tries));
  }

  /**
   * What the service says of single deliveries.
   *
   * @throws CompletionException of this trouble, if it says nothing of them
   */
  private static Map<String, String> errors(Throwable trouble) {
    Throwable cause =
        trouble instanceof CompletionException && trouble.getCause() != null
            ? trouble.getCause()
            : trouble;
    Map<String, String> errors =
        cause instanceof ApiException error ? error.getMetadata() : Map.of();
    if (errors == null || errors.values().stream().noneMatch(why -> why.contains("_FAILURE_"))) {
      throw new CompletionException(cause);
    }
    return errors;
  }

  private CompletableFuture<Map<Integer, Throwable>> again(
      List<String> ackIds,
      Map<String, String> errors,
      Function<List<String>, CompletableFuture<Empty>> send,
      int tries) {
    Map<Integer, Throwable> failed = new HashMap<>();
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < ackIds.size(); place++) {
      String why = errors.get(ackIds.get(place));
      if (why != null && why.startsWith(TRANSIENT) && tries < TRIES) {
        places.add(place);
      } else if (why != null) {
        failed.put(
            place,
            why.startsWith(TRANSIENT)
                ? new IOException("Pub/Sub answers " + why)
                : new Service.LostDeliveryException(why));
      }
    }
    if (places.isEmpty()) {
      return CompletableFuture.completedFuture(failed);
    }
    List<String> idsAgain = places.stream().map(ackIds::get).toList();
    return CompletableFuture.supplyAsync(() -> tries + 1, later(tries))
        .thenCompose(next -> each(idsAgain, send, next))
        .thenApply(
            still -> {
              still.forEach((place, why) -> failed.put(places.get(place), why));
              return failed;
            });
  }

  private Executor later(int tries) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
    return CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, timer);
  }
}
