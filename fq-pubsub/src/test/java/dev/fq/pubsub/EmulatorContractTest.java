package dev.fq.pubsub;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fq.spi.MutableClock;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendContract;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The same contract with Google's own emulator, where there is one. */
@Execution(ExecutionMode.CONCURRENT)
class EmulatorContractTest extends QueueBackendContract {

  private static final String MACHINES_CLOCK =
      "the emulator goes by the machine's clock; PubSubCases has the same in real time";

  private final String name = "c" + UUID.randomUUID();
  private final QueueUrl url =
      QueueUrl.parse("pubsub://projects/lab/topics/%s/subscriptions/%s".formatted(name, name));

  @Override
  protected QueueBackend open(MutableClock clock) throws IOException {
    return builder(clock)
        .create(true)
        .poll(
            wait -> {
              clock.advance(wait);
              return Puller.bounded(wait);
            })
        .open();
  }

  @Override
  protected Instant firstInstant() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  protected QueueBackend reopen(Clock clock) throws IOException {
    return builder(clock).open();
  }

  private PubSubQueueBuilder builder(Clock clock) throws IOException {
    return PubSubQueue.at(url)
        .endpoint(endpoint())
        .home(Path.of("no-home"))
        .environment(Map.of())
        .clock(clock);
  }

  private static String endpoint() throws IOException {
    Optional<String> endpoint = Emulator.endpoint();
    assumeTrue(endpoint.isPresent(), "no emulator of Pub/Sub on this machine");
    return endpoint.orElseThrow();
  }

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void expiredLeaseIsLeasableByAnother() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void everyVerbOfAHolderThrowsLeaseLostAfterTakeover() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void renewedLeaseLastsFromTheRenewalOn() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void failReturnsTheTaskAfterItsDelay() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void attemptFromBeforeADeathEndsNoAttemptFromAfterTheRetry() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void attemptAtADeletedTaskEndsNoAttemptAtOneOfTheSameId() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void attemptThatHasFailedIsOver() {}
}
