package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.memory.JumpingMemoryQueue;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.Outcome;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a listener is told, whichever way a task ends. */
class WorkerListenerTest {

  private final MutableClock clock = MutableClock.atSomeTime();
  private final MemoryQueue queue = JumpingMemoryQueue.at(clock);
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  /** Writes down all that it is told. */
  private final WorkerListener listener =
      new WorkerListener() {
        @Override
        public void begun(Attempt attempt) {
          heard.add("begun %s %s %s".formatted(attempt.task(), attempt.type(), attempt.attempt()));
        }

        @Override
        public void ended(Outcome outcome) {
          heard.add(
              "%s %s %s %s %s"
                  .formatted(
                      outcome.result(),
                      outcome.task(),
                      outcome.type(),
                      outcome.attempt(),
                      outcome.time()));
        }
      };

  private void insert(String id, String json) throws Exception {
    queue.insert(List.of(new NewTask(new TaskId(id), Payload.ofJson(json), ZERO)));
  }

  private WorkerBuilder worker(TaskHandler handler) {
    return WorkerBuilder.of(queue, handler)
        .clock(clock)
        .leaseTime(ofMinutes(5))
        .exitOnEmpty(true)
        .listener(listener);
  }

  @Test
  void completedTaskIsToldWithItsTypeAttemptAndTime() throws Exception {
    insert("a", "{\"n\": 1, \"class\": \"Tile\"}");
    worker(task -> clock.advance(ofSeconds(7))).build().run();
    insert("b", "[[\"tiles\", \"scale\"], [1], {}, -1]");
    worker(task -> {}).build().run();
    insert("c", "{\"n\": 1}");
    worker(task -> {}).build().run();

    assertThat(heard)
        .containsExactly(
            "begun a Tile 1",
            "COMPLETED a Tile 1 PT7S",
            "begun b tiles.scale 1",
            "COMPLETED b tiles.scale 1 PT0S",
            "begun c  1",
            "COMPLETED c  1 PT0S");
  }

  @Test
  void failedAndDeadTasksAreToldToo() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");

    worker(
            task -> {
              throw new TaskFailedException("no such tile");
            })
        .attempts(2)
        .build()
        .run();

    assertThat(heard)
        .containsExactly(
            "begun a Tile 1", "FAILED a Tile 1 PT0S", "begun a Tile 2", "DEAD a Tile 2 PT0S");
  }

  @Test
  void lostTaskIsTold() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");

    worker(task -> queue.purge()).build().run();

    assertThat(heard).containsExactly("begun a Tile 1", "LOST a Tile 1 PT0S");
  }

  @Test
  void taskThatIsGivenBackIsTold() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");

    assertThatThrownBy(
            () ->
                worker(
                        task -> {
                          throw new HostTroubleException("no tool");
                        })
                    .hostTroubleLimit(1)
                    .build()
                    .run())
        .isInstanceOf(UnfitHostException.class);

    assertThat(heard).containsExactly("begun a Tile 1", "RELEASED a Tile 1 PT0S");
  }

  @Test
  void listenerThatThrowsChangesNothing() throws Exception {
    insert("a", "{\"class\": \"Tile\"}");
    WorkerListener broken =
        new WorkerListener() {
          @Override
          public void begun(Attempt attempt) {
            throw new IllegalStateException("no metrics");
          }

          @Override
          public void ended(Outcome outcome) {
            throw new IllegalStateException("no metrics");
          }
        };

    assertThat(worker(task -> {}).listener(broken).build().run().completed()).isEqualTo(1);
    assertThat(queue.stats().completed()).hasValue(1);
  }
}
