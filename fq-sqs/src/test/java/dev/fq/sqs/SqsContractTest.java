package dev.fq.sqs;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendContract;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * SQS keeps the contract, as far as its capabilities go. The clock is one for all tests.
 *
 * <p>ElasticMQ's queues take it, and two of its commands do not: delays and figures are tested in
 * real time.
 */
@Execution(ExecutionMode.SAME_THREAD)
class SqsContractTest extends QueueBackendContract {

  private static final String MACHINES_CLOCK =
      "ElasticMQ delays and counts by the machine's clock, whatever clock it is given";

  private static final AtomicInteger QUEUES = new AtomicInteger();
  private static LocalServer server;

  private final String name = "contract-" + QUEUES.incrementAndGet();

  @BeforeAll
  static void start() {
    server = new LocalServer(Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected QueueBackend open(MutableClock clock) throws IOException {
    server.clock(clock);
    return server
        .queue(name)
        .nativePurge(true)
        .clock(clock)
        .poll(
            wait -> {
              clock.advance(wait);
              return 0;
            })
        .open();
  }

  /** The server makes a message available by the machine's clock: ours must not be behind it. */
  @Override
  protected Instant firstInstant() {
    return Instant.now().truncatedTo(ChronoUnit.DAYS).plus(2, ChronoUnit.DAYS);
  }

  @Override
  protected QueueBackend reopen(Clock clock) throws IOException {
    return server.queue(name).clock(clock).poll(wait -> 0).open();
  }

  // What follows passes in SqsQueueTest, in real time.

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void delayedTaskIsNotLeasableEarly() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void waitingLeaseEndsWithNothingWhenTheTimeIsUp() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void statsCountTasksByState() {}

  @Override
  @Test
  @Disabled(MACHINES_CLOCK)
  protected void expiredLeaseIsListedAsWaiting() {}

  @Test
  void leaseIsRenewedNoLongerThanTheServiceHidesATask() throws Exception {
    Instant received = clock().instant();
    queue().insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    Lease lease = queue().lease(1, ofHours(6), ZERO).get(0);
    clock().advance(ofHours(5));
    Lease renewed = queue().renew(lease, ofHours(6));
    clock().advance(ofHours(5));

    Lease last = queue().renew(renewed, ofHours(6));

    assertThat(last.deadline()).isEqualTo(received.plus(ofHours(12)));
    clock().advance(ofHours(2));
    assertThatThrownBy(() -> queue().renew(last, ofHours(6)))
        .isInstanceOf(LeaseLostException.class);
  }
}
