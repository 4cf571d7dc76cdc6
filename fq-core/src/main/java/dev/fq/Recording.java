package dev.fq;

import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;

/** Writes down what becomes of a worker's tasks. */
final class Recording implements WorkerListener {

  private final OutcomeLog.Writer writer;

  Recording(OutcomeLog.Writer writer) {
    this.writer = writer;
  }

  @Override
  public void ended(Outcome outcome) {
    writer.add(outcome);
  }

  @Override
  public void stopped() {
    writer.close();
  }
}
