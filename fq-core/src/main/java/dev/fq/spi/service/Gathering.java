package dev.fq.spi.service;

import dev.fq.spi.Lease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases that one call of {@link dev.fq.spi.QueueBackend#lease} gathers by several steps, each
 * of which may fail: what was leased by then reaches the caller all the same, since nobody else
 * would get it before its time is up. The trouble shows at the next call.
 */
public final class Gathering {

  private static final Logger log = LoggerFactory.getLogger(Gathering.class);

  private final String url;
  private final List<Lease> leases = new ArrayList<>();
  private @Nullable IOException trouble;
  private @Nullable InterruptedException interruption;

  /**
   * @param url the queue, for messages
   */
  public Gathering(String url) {
    this.url = url;
  }

  /** Something that may lease tasks. */
  @FunctionalInterface
  public interface LeaseCall {
    /** Does it; what it {@link #add adds} before it throws counts. */
    void take() throws IOException, InterruptedException;
  }

  /** Makes a call, and remembers its trouble. */
  public void take(LeaseCall call) {
    try {
      call.take();
    } catch (IOException e) {
      trouble = trouble == null ? e : trouble;
    } catch (InterruptedException e) {
      interruption = e;
    }
  }

  /** A task is leased. */
  public void add(Lease lease) {
    leases.add(lease);
  }

  /** How many tasks are leased. */
  public int size() {
    return leases.size();
  }

  /** Whether no call has failed, so that another may be worth it. */
  public boolean isWell() {
    return trouble == null && interruption == null;
  }

  /**
   * What was leased. When the thread was interrupted meanwhile, it is again.
   *
   * @throws IOException if nothing was, for this trouble
   * @throws InterruptedException if nothing was, since the thread was interrupted
   */
  public List<Lease> result() throws IOException, InterruptedException {
    if (leases.isEmpty() && interruption != null) {
      throw interruption;
    }
    if (leases.isEmpty() && trouble != null) {
      throw trouble;
    }
    if (interruption != null) {
      Thread.currentThread().interrupt();
    }
    if (trouble != null) {
      log.warn("{}: leased {} tasks, then: {}", url, leases.size(), trouble.toString());
    }
    return leases;
  }
}
