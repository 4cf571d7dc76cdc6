package dev.fq;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * The time of day when it was made, and from then on the time that has passed. Who waits by it
 * waits neither longer nor shorter because somebody (NTP, a person) sets the machine's clock: a
 * renewer that did would lose its leases.
 */
final class SteadyClock extends Clock {

  private final Instant start;
  private final LongSupplier nanos;
  private final long startNanos;
  private final ZoneId zone;

  private SteadyClock(Instant start, LongSupplier nanos, long startNanos, ZoneId zone) {
    this.start = start;
    this.nanos = nanos;
    this.startNanos = startNanos;
    this.zone = zone;
  }

  /**
   * Of this time of day on.
   *
   * @param nanos what {@link System#nanoTime} gives
   */
  static SteadyClock from(Clock timeOfDay, LongSupplier nanos) {
    return new SteadyClock(timeOfDay.instant(), nanos, nanos.getAsLong(), timeOfDay.getZone());
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.getAsLong() - startNanos);
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return new SteadyClock(start, nanos, startNanos, other);
  }
}
