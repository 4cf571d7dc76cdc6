package dev.fq;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.spi.MutableClock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

  private final MutableClock timeOfDay = MutableClock.atSomeTime();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final SteadyClock clock = SteadyClock.from(timeOfDay, nanos::get);

  @Test
  void passesAsTimePassesWhateverBecomesOfTheTimeOfDay() {
    Instant start = timeOfDay.instant();
    assertThat(clock.instant()).isEqualTo(start);

    nanos.addAndGet(ofSeconds(10).toNanos());
    timeOfDay.advance(ofHours(-1));

    assertThat(clock.instant()).isEqualTo(start.plusSeconds(10));
  }

  @Test
  void workersWaitByIt() {
    assertThat(
            WorkerBuilder.of(JumpingMemoryQueue.at(timeOfDay), task -> {})
                .settings()
                .get(0)
                .clock())
        .isInstanceOf(SteadyClock.class);
  }
}
