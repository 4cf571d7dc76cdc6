package dev.fq.spi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Single calls that travel together. */
class BatcherTest {

  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMillis(1);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<List<Integer>> requests = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Map<Integer, Throwable>> response = new CompletableFuture<>();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private Batcher<Integer> batcher(Duration wait) {
    return new Batcher<>(
        calls -> {
          requests.add(calls);
          return response;
        },
        timer,
        wait,
        10);
  }

  private static List<CompletableFuture<Void>> call(Batcher<Integer> batcher, int count) {
    return IntStream.range(0, count).mapToObj(batcher::call).toList();
  }

  @Test
  void tenCallsAreSentAtOnce() {
    List<CompletableFuture<Void>> answers = call(batcher(NEVER), 19);
    response.complete(Map.of());

    assertThat(requests).containsExactly(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assertThat(answers.subList(0, 10)).allMatch(CompletableFuture::isDone);
    assertThat(answers.subList(10, 19)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void fewerAreSentWhenTheirTimeIsUp() throws Exception {
    response.complete(Map.of());
    List<CompletableFuture<Void>> answers = call(batcher(SOON), 3);

    for (CompletableFuture<Void> answer : answers) {
      answer.get(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void everyCallOfManyThreadsIsAnsweredAndSentOnce() throws Exception {
    response.complete(Map.of());
    Batcher<Integer> batcher = batcher(SOON);
    List<CompletableFuture<List<CompletableFuture<Void>>>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(CompletableFuture.supplyAsync(() -> call(batcher, 5_003)));
    }

    for (CompletableFuture<List<CompletableFuture<Void>>> thread : threads) {
      for (CompletableFuture<Void> answer : thread.get()) {
        answer.get(1, TimeUnit.MINUTES);
      }
    }

    assertThat(requests.stream().mapToInt(List::size).sum()).isEqualTo(4 * 5_003);
    assertThat(requests).allMatch(request -> request.size() <= 10);
  }

  @Test
  void failureOfOneCallIsTheOthersSuccess() {
    List<CompletableFuture<Void>> answers = call(batcher(NEVER), 10);
    response.complete(Map.of(3, new IllegalStateException("gone")));

    assertThat(answers.get(4)).isCompleted();
    assertThatThrownBy(answers.get(3)::get).cause().hasMessage("gone");
  }

  @Test
  void troubleWithTheRequestIsToldToEveryCall() {
    List<CompletableFuture<Void>> answers = call(batcher(NEVER), 10);
    response.completeExceptionally(new IllegalStateException("no connection"));

    assertThat(answers).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  @Test
  void failureOfACallThatWasNotMadeIsTroubleForEveryCall() {
    List<CompletableFuture<Void>> answers = call(batcher(NEVER), 10);
    response.complete(Map.of(10, new IllegalStateException("gone")));

    assertThat(answers).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  @Test
  void requestThatCannotBeMadeIsTroubleForEveryCall() {
    Batcher<Integer> batcher =
        new Batcher<>(
            calls -> {
              throw new IllegalStateException("closed");
            },
            timer,
            NEVER,
            10);

    assertThat(call(batcher, 10)).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  @Test
  void callAfterTheTimerHasStoppedFails() {
    timer.shutdownNow();

    assertThat(call(batcher(SOON), 1)).allMatch(CompletableFuture::isCompletedExceptionally);
  }
}
