package dev.fq.pubsub;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The service in this process does what Google's emulator does. */
class LocalServiceTest extends PubSubCases {

  private static LocalService service;

  @BeforeAll
  static void start() throws IOException {
    service = new LocalService(Clock.systemUTC(), Duration.ofSeconds(60));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Override
  String endpoint() {
    return service.endpoint();
  }
}
