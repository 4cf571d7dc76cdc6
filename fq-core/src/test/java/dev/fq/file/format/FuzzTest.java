package dev.fq.file.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is read from outside, it is taken or refused, and never anything else. */
class FuzzTest {

  @Property
  void anyBytesAreTakenOrRefused(@ForAll byte[] bytes) throws IOException {
    Fuzz.fuzzerTestOneInput(bytes);
  }

  @Property
  void anyTextIsTakenOrRefused(@ForAll String text) throws IOException {
    Fuzz.fuzzerTestOneInput(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What is nearly right goes farther than what is wrong from the beginning. */
  @Provide
  Arbitrary<byte[]> nearlyRight() {
    Arbitrary<String> right =
        Arbitraries.of(
            "{\"payload\": {\"n\": [1, 2.5e3, null]}, \"queueName\": \"fq:///q\", \"id\": \"a\"}",
            "{\"attempt\":1,\"holder\":\"h-1-x\",\"at\":\"2026-11-24T12:00:00Z\",\"reason\":\"r\"}",
            "1795585400--01a20c14-7e8a-7d8a-af7a-c2e6fc75eadf.1.node7-4711-pp09p75l.json",
            "fq:///shared/q?durable=true&mode=2770",
            "sqs://name?endpoint=http://127.0.0.1:9324",
            "\"\\ud83d\\ude00 \\u0000\"",
            "-0.00E-12");
    return Combinators.combine(right, Arbitraries.longs(), Arbitraries.integers().between(0, 4))
        .as((text, seed, changes) -> changed(text, new Random(seed), changes));
  }

  private static byte[] changed(String text, Random random, int changes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < changes; i++) {
      bytes[random.nextInt(bytes.length)] =
          random.nextBoolean() ? (byte) random.nextInt() : bytes[random.nextInt(bytes.length)];
    }
    return bytes;
  }

  @Property(tries = 5_000)
  void whatIsNearlyRightIsTakenOrRefused(@ForAll("nearlyRight") byte[] bytes) throws IOException {
    Fuzz.fuzzerTestOneInput(bytes);
  }
}
