package dev.fq.file.disk;

import java.time.Instant;

/** Whole Unix seconds, as names have them. */
public final class Seconds {

  private Seconds() {}

  /** The first whole second not before this instant: nothing becomes due too early. */
  public static long roundedUp(Instant instant) {
    return instant.getNano() == 0 ? instant.getEpochSecond() : instant.getEpochSecond() + 1;
  }
}
