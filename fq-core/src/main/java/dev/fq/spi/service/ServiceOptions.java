package dev.fq.spi.service;

import dev.fq.spi.QueueOption;
import dev.fq.spi.QueueOption.Use;

/** Settings that queues of several services have. */
public final class ServiceOptions {

  /** {@code endpoint=URL}: the server. */
  public static final QueueOption ENDPOINT =
      new QueueOption(
          "endpoint",
          "URL",
          "The server, such as http://localhost:9324, of a queue that is a service; the service's"
              + " own unless given.",
          Use.OPEN);

  /** {@code nativePurge=true}: the service empties the queue. */
  public static final QueueOption NATIVE_PURGE =
      new QueueOption(
          "nativePurge",
          "",
          "Have the service purge its queue: everything that is there, also what is leased or"
              + " delayed.",
          Use.PURGE);

  private ServiceOptions() {}
}
