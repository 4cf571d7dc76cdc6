package dev.fq;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(ofSeconds(1), ofSeconds(60), new Random(1));

  @Test
  void timesDoubleUpToTheBoundAndAreCutByUpToAHalf() {
    assertThat(backoff.after(1)).isBetween(ofMillis(500), ofSeconds(1));
    assertThat(backoff.after(2)).isBetween(ofSeconds(1), ofSeconds(2));
    assertThat(backoff.after(5)).isBetween(ofSeconds(8), ofSeconds(16));
    assertThat(backoff.after(7)).isBetween(ofSeconds(30), ofSeconds(60));
    assertThat(backoff.after(1_000)).isBetween(ofSeconds(30), ofSeconds(60));
  }

  @Test
  void otherBoundsAreThoseOfAnother() {
    assertThat(backoff.upTo(ofSeconds(4)).after(1_000)).isBetween(ofSeconds(2), ofSeconds(4));
    assertThat(backoff.upTo(ofSeconds(400)).after(1_000)).isBetween(ofSeconds(30), ofSeconds(60));
    assertThat(backoff.from(ofSeconds(10)).after(1)).isBetween(ofSeconds(5), ofSeconds(10));
    assertThat(backoff.from(ofSeconds(10)).after(1_000)).isBetween(ofSeconds(30), ofSeconds(60));
    assertThat(backoff.from(ofSeconds(100)).after(1_000)).isBetween(ofSeconds(50), ofSeconds(100));
  }

  @Test
  void twoWhoFailTogetherDoNotComeBackTogether() {
    Set<Duration> times = new HashSet<>();

    for (int i = 0; i < 100; i++) {
      times.add(backoff.after(3));
    }

    assertThat(times).hasSizeGreaterThan(90);
  }
}
