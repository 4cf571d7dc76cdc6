package dev.fq.file.disk;

import java.util.Random;

/** Makes words for names that nobody else has. */
public final class Nonces {

  private static final int BITS = 40;

  private Nonces() {}

  /** Eight characters of {@code 0-9 a-v} that nobody else comes upon. */
  public static String next(Random random) {
    long bits = random.nextLong() >>> (Long.SIZE - BITS);
    return Long.toString((1L << BITS) | bits, 32).substring(1);
  }
}
