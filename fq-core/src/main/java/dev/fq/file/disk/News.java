package dev.fq.file.disk;

import java.io.IOException;
import java.time.Duration;

/** Word that something may have become leasable: what an idle worker waits for. */
public interface News extends AutoCloseable {

  /**
   * Returns when there is news, or after this time. News may be missed or be false: it shortens a
   * wait, and nothing depends on it.
   */
  void await(Duration atMost) throws InterruptedException;

  @Override
  void close() throws IOException;

  /** Where news comes from. */
  interface Source {
    /** Listens from now on: what happens after this returns is not missed. */
    News listen();
  }
}
