package dev.fq.file;

import java.time.Instant;

/** Whole Unix seconds, as names have them. */
final class Seconds {

  private Seconds() {}

  /** The first whole second not before this instant: nothing becomes due too early. */
  static long roundedUp(Instant instant) {
    return instant.getNano() == 0 ? instant.getEpochSecond() : instant.getEpochSecond() + 1;
  }
}
