package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.Lease;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CompletionsTest {

  private static final Duration LONG = ofSeconds(50);

  private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());

  private static FinishedAttempt attempt() throws Exception {
    Lease lease =
        new Lease(TaskId.next(), Payload.ofJson("1"), 1, Instant.ofEpochSecond(1_000), "receipt");
    HeldTask task = new HeldTask(lease, Instant.EPOCH);
    return new FinishedAttempt(
        task, new TaskContext(task, NoQueues.NONE, Map.of(), ZERO), Instant.EPOCH, ZERO, null);
  }

  @Test
  void whatComesDuringAStepIsCompletedTogetherInTheNext() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Completions completions = blocked(begun, goOn)) {
      completions.open();
      completions.add(attempt());
      begun.await();
      for (int i = 0; i < 5; i++) {
        completions.add(attempt());
      }
      assertThat(completions.isIdle()).isFalse();
      goOn.countDown();

      assertThat(completions.flush(LONG)).isTrue();

      assertThat(batches).containsExactly(1, 5);
      assertThat(completions.isIdle()).isTrue();
      assertThat(completions.flush(LONG)).as("nothing is left").isFalse();
    }
  }

  /** Completes nothing before it may go on. */
  private Completions blocked(CountDownLatch begun, CountDownLatch goOn) {
    return new Completions(
        batch -> {
          batches.add(batch.size());
          begun.countDown();
          await(goOn);
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void slotsWaitForAQueueThatDoesNotAnswer() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger added = new AtomicInteger();
    try (Completions completions = blocked(begun, goOn)) {
      completions.open();
      completions.add(attempt());
      begun.await();
      Thread slot =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 1_500; i++) {
                    completions.add(attempt());
                    added.incrementAndGet();
                  }
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      slot.start();
      while (slot.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertThat(added).hasValue(999);

      goOn.countDown();
      slot.join();
      completions.flush(LONG);

      assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_501);
    }
  }

  @Test
  void whatGoesWrongWithSomeKeepsNoOther() throws Exception {
    try (Completions completions =
        new Completions(
            batch -> {
              batches.add(batch.size());
              if (batches.size() == 1) {
                throw new IllegalStateException("the first");
              }
            })) {
      completions.open();
      completions.add(attempt());
      completions.flush(LONG);
      completions.add(attempt());
      completions.flush(LONG);

      assertThat(batches).containsExactly(1, 1);
    }
  }
}
