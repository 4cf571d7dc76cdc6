package dev.fq.file.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file server's time: the local clock plus its offset to the modification times that the
 * queue's file system gives, so that hosts with wrong clocks agree on what is due.
 *
 * <p>The offset is measured at first use and again every few minutes, and at once when the local
 * clock has jumped (NTP, a suspended machine), which shows as wall time and monotonic time going
 * apart. When nothing can be written then (a full disk, a quota), the last offset goes on to count.
 * As long as there was never one, all that is known is that the local clock is not wrong by more
 * than {@link #MARGIN}: {@link #earliest} and {@link #latest} are so far apart.
 */
public final class ServerClock extends Clock {

  /** How wrong a host's clock may be whose offset cannot be measured. */
  public static final Duration MARGIN = Duration.ofMinutes(15);

  private static final Logger log = LoggerFactory.getLogger(ServerClock.class);
  private static final Duration MAX_AGE = Duration.ofMinutes(5);
  private static final Duration MAX_AGE_OF_FAILURE = Duration.ofSeconds(10);
  private static final Duration MAX_JUMP = Duration.ofSeconds(1);

  private final Clock local;
  private final LongSupplier nanos;
  private final Path tmp;
  private final Random random;
  private volatile @Nullable Measurement measurement;

  /**
   * @param offset how far the file server's clock is ahead of the local one
   * @param known whether it was ever measured
   * @param maxAge when to measure again
   */
  private record Measurement(
      Duration offset, boolean known, Duration maxAge, Instant at, long atNanos) {}

  public ServerClock(Clock local, LongSupplier nanos, Path tmp, Random random) {
    this.local = local;
    this.nanos = nanos;
    this.tmp = tmp;
    this.random = random;
  }

  /** The time that it is at least: what is due by then is due. */
  public static Instant earliest(Clock clock) {
    return clock instanceof ServerClock server && !server.isKnown()
        ? server.instant().minus(MARGIN)
        : clock.instant();
  }

  /** The time that it is at most: a lease that is to last until later has not ended before. */
  public static Instant latest(Clock clock) {
    return clock instanceof ServerClock server && !server.isKnown()
        ? server.instant().plus(MARGIN)
        : clock.instant();
  }

  /** The whole second, of Unix, until which something lasts that is to last so long from now. */
  public static long deadline(Clock clock, Duration fromNow) {
    return Seconds.roundedUp(latest(clock).plus(fromNow));
  }

  @Override
  public Instant instant() {
    return local.instant().plus(offset());
  }

  /** How far the file server's clock is ahead of the local one; zero when that is not known. */
  public Duration offset() {
    return current().offset;
  }

  /** Whether the offset was measured, now or before. */
  public boolean isKnown() {
    return current().known;
  }

  private Measurement current() {
    Measurement last = measurement;
    if (last == null || elapsed(last).compareTo(last.maxAge) > 0 || hasJumped(last)) {
      last = measure(last);
      measurement = last;
    }
    return last;
  }

  private Duration elapsed(Measurement last) {
    return Duration.ofNanos(nanos.getAsLong() - last.atNanos);
  }

  private boolean hasJumped(Measurement last) {
    return jump(last).abs().compareTo(MAX_JUMP) > 0;
  }

  /** How far the local clock has been set since. */
  private Duration jump(Measurement last) {
    return Duration.between(last.at, local.instant()).minus(elapsed(last));
  }

  private Measurement measure(@Nullable Measurement last) {
    try {
      return new Measurement(measured(), true, MAX_AGE, local.instant(), nanos.getAsLong());
    } catch (IOException e) {
      log.debug("cannot ask the file server for its time: {}", e.toString());
      return failed(last);
    }
  }

  /** The server's clock has not been set with the local one. */
  private Measurement failed(@Nullable Measurement last) {
    Duration offset = Duration.ZERO;
    boolean known = false;
    if (last != null && last.known) {
      offset = hasJumped(last) ? last.offset.minus(jump(last)) : last.offset;
      known = true;
    }
    return new Measurement(offset, known, MAX_AGE_OF_FAILURE, local.instant(), nanos.getAsLong());
  }

  private Duration measured() throws IOException {
    Path probe = tmp.resolve("clock." + Nonces.next(random));
    try {
      Instant before = local.instant();
      // One byte, since an exclusive create alone leaves its verifier as the time on NFSv3 servers
      // (RFC 1813, section 3.3.8) until the client sets it.
      AtomicFiles.write(probe, new byte[1]);
      Instant server = Files.getLastModifiedTime(probe).toInstant();
      Instant middle = before.plus(Duration.between(before, local.instant()).dividedBy(2));
      return Duration.between(middle, server);
    } finally {
      AtomicFiles.removeProbe(probe);
    }
  }

  @Override
  public ZoneId getZone() {
    return local.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new ServerClock(local.withZone(zone), nanos, tmp, random);
  }
}
