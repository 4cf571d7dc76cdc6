package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskQueueTest {

  @TempDir private Path directory;
  private TaskQueue queue;

  @BeforeEach
  void open() throws IOException {
    queue = TaskQueue.open(directory.resolve("q").toString(), OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  private static Payload payload(int i) {
    try {
      return Payload.ofJson(Integer.toString(i));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Iterator<Payload> stream(int count, IntFunction<Payload> source) {
    return IntStream.range(0, count).mapToObj(source).iterator();
  }

  @Test
  void barePathAndUrlAreTheSameQueue() throws Exception {
    queue.insert(stream(1, TaskQueueTest::payload), ZERO, inserted -> {});

    try (TaskQueue same = TaskQueue.open("fq://" + directory.resolve("q"), OpenMode.EXISTING)) {
      assertThat(same.stats().waiting()).hasValue(1);
    }
  }

  @Test
  void streamIsInsertedBatchByBatchAndProgressIsTold() throws Exception {
    List<Long> progress = new ArrayList<>();

    long inserted = queue.insert(stream(600, TaskQueueTest::payload), ZERO, progress::add);

    assertThat(inserted).isEqualTo(600);
    assertThat(progress).containsExactly(256L, 512L, 600L);
    assertThat(queue.stats().waiting()).hasValue(600);
  }

  @Test
  void firstTasksAreInTheQueueBeforeTheLastAreGenerated() throws Exception {
    List<Long> waiting = new ArrayList<>();

    queue.insert(
        stream(
            600,
            i -> {
              waiting.add(stats().waiting().orElseThrow());
              return payload(i);
            }),
        ZERO,
        inserted -> {});

    assertThat(waiting.get(599)).isEqualTo(512);
  }

  private QueueStats stats() {
    try {
      return queue.stats();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatASourceGaveBeforeItFailedIsInserted() throws Exception {
    PartialInsertException e =
        catchThrowableOfType(
            PartialInsertException.class,
            () ->
                queue.insert(
                    stream(
                        600,
                        i -> {
                          if (i == 300) {
                            throw new IllegalStateException("no more");
                          }
                          return payload(i);
                        }),
                    ZERO,
                    inserted -> {}));

    assertThat(e.inserted()).isEqualTo(300);
    assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(queue.stats().waiting()).hasValue(300);
  }

  @Test
  void delayIsEveryTasks() throws Exception {
    queue.insert(stream(3, TaskQueueTest::payload), ofMinutes(1), inserted -> {});

    assertThat(queue.stats().delayed()).hasValue(3);
  }

  @Test
  void emptyQueueIsNotWaitedFor() throws Exception {
    assertThat(queue.awaitEmpty(ZERO, stats -> {})).isTrue();
  }

  @Test
  void waitEndsWhenTheTimeIsUp() throws Exception {
    queue.insert(stream(1, TaskQueueTest::payload), ZERO, inserted -> {});
    List<QueueStats> seen = new ArrayList<>();

    assertThat(queue.awaitEmpty(ZERO, seen::add)).isFalse();
    assertThat(seen).hasSize(1);
  }
}
