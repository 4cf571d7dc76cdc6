package dev.fq.file;

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
 * apart. Where nothing can be written, for somebody who only looks, the local clock is all there
 * is.
 */
final class ServerClock extends Clock {

  private static final Logger log = LoggerFactory.getLogger(ServerClock.class);
  private static final Duration MAX_AGE = Duration.ofMinutes(5);
  private static final Duration MAX_JUMP = Duration.ofSeconds(1);

  private final Clock local;
  private final LongSupplier nanos;
  private final Path tmp;
  private final Random random;
  private volatile @Nullable Measurement measurement;

  private record Measurement(Duration offset, Instant at, long atNanos) {}

  ServerClock(Clock local, LongSupplier nanos, Path tmp, Random random) {
    this.local = local;
    this.nanos = nanos;
    this.tmp = tmp;
    this.random = random;
  }

  @Override
  public Instant instant() {
    return local.instant().plus(offset());
  }

  /** How far the file server's clock is ahead of the local one. */
  Duration offset() {
    Measurement last = measurement;
    if (last == null || isStale(last)) {
      last = measure();
      measurement = last;
    }
    return last.offset;
  }

  private boolean isStale(Measurement last) {
    Duration elapsed = Duration.ofNanos(nanos.getAsLong() - last.atNanos);
    Duration shown = Duration.between(last.at, local.instant());
    return elapsed.compareTo(MAX_AGE) > 0 || shown.minus(elapsed).abs().compareTo(MAX_JUMP) > 0;
  }

  private Measurement measure() {
    Path probe = tmp.resolve("clock." + Holders.nonce(random));
    Duration offset = Duration.ZERO;
    try {
      Instant before = local.instant();
      // One byte, since an exclusive create alone leaves its verifier as the time on NFSv3 servers
      // (RFC 1813, section 3.3.8) until the client sets it.
      AtomicFiles.write(probe, new byte[1]);
      Instant server = Files.getLastModifiedTime(probe).toInstant();
      Instant middle = before.plus(Duration.between(before, local.instant()).dividedBy(2));
      offset = Duration.between(middle, server);
      AtomicFiles.delete(probe);
    } catch (IOException e) {
      log.debug("cannot ask the file server for its time, using this host's: {}", e.toString());
    }
    return new Measurement(offset, local.instant(), nanos.getAsLong());
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
