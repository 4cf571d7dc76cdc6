package dev.fq.spi;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes when a test says so. */
public final class MutableClock extends Clock {

  /** A whole second, so that backends which round up to seconds need not be told from others. */
  public static final Instant SOME_TIME = Instant.parse("2026-11-24T12:00:00Z");

  private Instant now;

  public MutableClock(Instant start) {
    this.now = start;
  }

  public static MutableClock atSomeTime() {
    return new MutableClock(SOME_TIME);
  }

  public synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
