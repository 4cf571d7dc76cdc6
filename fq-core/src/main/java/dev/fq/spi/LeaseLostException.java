package dev.fq.spi;

/**
 * The lease no longer counts: it ended and another holds the task, or the task was completed,
 * deleted, failed, released or purged. Whoever gets this must stop working on the task.
 */
public final class LeaseLostException extends Exception {

  private static final long serialVersionUID = 1;

  public LeaseLostException(Lease lease) {
    super(
        "lost the lease of task %s, attempt %s: somebody else leased, released or removed it"
            .formatted(lease.id(), lease.attempt()));
  }
}
