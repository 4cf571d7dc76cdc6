package dev.fq;

import dev.fq.IncompleteInsertException.Range;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.NewTask;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves tasks from one queue to another, batch by batch: lease, insert, delete. */
final class Move {

  private static final Logger log = LoggerFactory.getLogger(Move.class);
  private static final int BATCH = 256;
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final QueueBackend from;
  private final QueueBackend to;
  private final InsertOptions options;
  private Set<TaskId> known = Set.of();
  private long moved;

  Move(QueueBackend from, QueueBackend to, InsertOptions options) {
    this.from = from;
    this.to = to;
    this.options = options;
  }

  long run() throws IOException, InterruptedException {
    known = KnownIds.of(to);
    List<Lease> leases = from.lease(BATCH, LEASE, Duration.ZERO);
    while (!leases.isEmpty()) {
      move(leases);
      options.progress().at(moved, options.total());
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted when " + moved + " tasks were moved");
      }
      leases = from.lease(BATCH, LEASE, Duration.ZERO);
    }
    return moved;
  }

  private void move(List<Lease> leased) throws IOException {
    // A move that was killed has brought them over, and could not delete them any more.
    List<Lease> there = leased.stream().filter(lease -> known.contains(lease.id())).toList();
    from.deleteEach(there);
    moved += there.size();
    moveUnknown(leased.stream().filter(lease -> !known.contains(lease.id())).toList());
  }

  private void moveUnknown(List<Lease> leases) throws IOException {
    BitSet missing = new BitSet();
    IOException trouble = null;
    try {
      to.insert(
          leases.stream()
              .map(lease -> new NewTask(lease.id(), lease.payload(), options.delay()))
              .toList());
    } catch (PartialInsertException e) {
      missing = e.missing();
      trouble = e;
    }
    List<Lease> inserted = pick(leases, missing, false);
    from.deleteEach(inserted);
    moved += inserted.size();
    if (trouble != null) {
      pick(leases, missing, true).forEach(this::giveBack);
      Throwable cause = trouble.getCause() == null ? trouble : trouble.getCause();
      throw new IncompleteInsertException(moved, List.of(new Range(moved, Long.MAX_VALUE)), cause);
    }
  }

  private static List<Lease> pick(List<Lease> leases, BitSet missing, boolean areMissing) {
    return IntStream.range(0, leases.size())
        .filter(place -> missing.get(place) == areMissing)
        .mapToObj(leases::get)
        .toList();
  }

  private void giveBack(Lease lease) {
    try {
      from.release(lease);
    } catch (IOException | LeaseLostException e) {
      log.warn("{} could not be given back, and is there again when its lease ends", lease, e);
    }
  }
}
