package dev.fq.pubsub;

import dev.fq.spi.MutableClock;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendContract;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** Pub/Sub keeps the contract, as far as its capabilities go. */
class PubSubContractTest extends QueueBackendContract {

  private static final AtomicInteger QUEUES = new AtomicInteger();
  private static final Duration LONG = Duration.ofSeconds(30);

  private final QueueUrl url =
      QueueUrl.parse(
          "pubsub://projects/lab/topics/tiles/subscriptions/sub" + QUEUES.incrementAndGet());
  private LocalService service;

  /** A service that says at once that there is nothing: a pull is no wait then. */
  @Override
  protected QueueBackend open(MutableClock clock) throws IOException {
    service = new LocalService(clock, Duration.ZERO);
    return builder(clock)
        .create(true)
        .poll(
            wait -> {
              clock.advance(wait);
              return LONG;
            })
        .open();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Override
  protected QueueBackend reopen(Clock clock) throws IOException {
    return builder(clock).poll(wait -> LONG).open();
  }

  private PubSubQueueBuilder builder(Clock clock) {
    return PubSubQueue.at(url)
        .endpoint(service.endpoint())
        .home(Path.of("no-home"))
        .environment(Map.of())
        .clock(clock);
  }
}
