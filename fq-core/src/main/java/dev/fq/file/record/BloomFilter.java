package dev.fq.file.record;

import java.util.BitSet;

/**
 * Which texts were seen, in a few bits each: of one that was not, it may say once in a while that
 * it was (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970).
 */
final class BloomFilter {

  /** With twelve bits a text, three in a thousand are wrong. */
  private static final int PROBES = 7;

  private static final int SMALLEST = 1 << 16;
  private static final int LARGEST = 1 << 30;

  /** FNV-1a, and the constants of MurmurHash3's last step. */
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long MIX_1 = 0xff51afd7ed558ccdL;
  private static final long MIX_2 = 0xc4ceb9fe1a85ec53L;
  private static final int MIX_SHIFT = 33;

  private final BitSet bits;
  private final int size;

  /**
   * @param size about how many bits it has
   */
  BloomFilter(long size) {
    this.size = (int) Math.max(SMALLEST, Math.min(LARGEST, size));
    this.bits = new BitSet(this.size);
  }

  /**
   * The text is seen now.
   *
   * @return whether it may have been before; false is certain
   */
  boolean add(String text) {
    long hash = hash(text);
    int step = (int) (hash >>> Integer.SIZE) | 1;
    int probe = (int) hash;
    boolean wasSeen = true;
    for (int i = 0; i < PROBES; i++) {
      int bit = Integer.remainderUnsigned(probe, size);
      wasSeen &= bits.get(bit);
      bits.set(bit);
      probe += step;
    }
    return wasSeen;
  }

  private static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> MIX_SHIFT)) * MIX_1;
    hash = (hash ^ (hash >>> MIX_SHIFT)) * MIX_2;
    return hash ^ (hash >>> MIX_SHIFT);
  }
}
