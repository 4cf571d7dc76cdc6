package dev.fq.spi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A verb that ends a lease. */
@FunctionalInterface
interface LeaseVerb {

  void on(Lease lease) throws IOException, LeaseLostException;

  /** Does this to each, up to the first trouble; those that had lost their lease. */
  static List<Lease> each(List<Lease> leases, LeaseVerb verb) throws PartialEndException {
    List<Lease> lost = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      try {
        verb.on(leases.get(i));
      } catch (LeaseLostException e) {
        lost.add(leases.get(i));
      } catch (IOException e) {
        throw new PartialEndException(leases.subList(i, leases.size()), lost, e);
      }
    }
    return lost;
  }
}
