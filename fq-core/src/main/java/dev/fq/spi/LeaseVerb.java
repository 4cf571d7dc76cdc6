package dev.fq.spi;

import java.io.IOException;
import java.util.List;

/** A verb that ends a lease. */
@FunctionalInterface
interface LeaseVerb {

  void on(Lease lease) throws IOException, LeaseLostException;

  /** Does this to each; how many had not lost their lease. */
  static long each(List<Lease> leases, LeaseVerb verb) throws IOException {
    long ended = 0;
    for (Lease lease : leases) {
      ended += isDone(lease, verb) ? 1 : 0;
    }
    return ended;
  }

  private static boolean isDone(Lease lease, LeaseVerb verb) throws IOException {
    try {
      verb.on(lease);
      return true;
    } catch (LeaseLostException e) {
      return false;
    }
  }
}
