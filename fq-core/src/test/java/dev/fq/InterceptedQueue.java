package dev.fq;

import dev.fq.spi.LeaseLostException;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.util.BitSet;

/** A queue before whose verbs a test does something, such as having trouble. */
final class InterceptedQueue extends ForwardingQueue {

  private final Before before;

  private InterceptedQueue(QueueBackend queue, Before before) {
    super(queue);
    this.before = before;
  }

  /** What to do before a verb; what it throws is what the verb throws. */
  @FunctionalInterface
  interface Before {
    void call(String verb) throws IOException, LeaseLostException, InterruptedException;
  }

  static QueueBackend of(QueueBackend queue, Before before) {
    return new InterceptedQueue(queue, before);
  }

  @Override
  <T> T around(String name, Verb<T> verb)
      throws IOException, LeaseLostException, InterruptedException {
    before.call(name);
    return verb.run();
  }

  /** What a queue throws that has inserted the first so many of the given tasks. */
  static PartialInsertException partly(int inserted, int given, IOException why) {
    BitSet missing = new BitSet();
    missing.set(inserted, given);
    return new PartialInsertException(given, missing, why);
  }
}
