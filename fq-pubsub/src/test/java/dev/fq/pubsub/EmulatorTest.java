package dev.fq.pubsub;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/** Google's own emulator, where there is one. */
class EmulatorTest extends PubSubCases {

  @Override
  String endpoint() throws Exception {
    Optional<String> endpoint = Emulator.endpoint();
    assumeTrue(endpoint.isPresent(), "no emulator of Pub/Sub on this machine");
    return endpoint.orElseThrow();
  }
}
