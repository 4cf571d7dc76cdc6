package dev.fq.file.format;

import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueUrl;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * All that reads what strangers may have written: it takes any bytes, and answers or refuses by the
 * exception that it promises. Called by {@link FuzzTest} with random bytes, and by {@code dev/fuzz}
 * with those that Jazzer finds.
 */
public final class Fuzz {

  private static final Path FILE = file();

  private Fuzz() {}

  private static Path file() {
    try {
      Path file = Files.createTempFile("fq-fuzz", ".json");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The entry point that Jazzer looks for. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    name(text);
    payload(text);
    body(bytes);
    url(text);
    FailureJson.read(text);
    TaskInfo.hostLabel(text);
  }

  private static void name(String text) {
    TaskName name = TaskName.parse(text);
    if (name != null) {
      require(name.fileName().equals(text), "a name is kept as it is");
      TaskName leased = name.leased(1, "host-1-nonce");
      require(leased.equals(TaskName.parse(leased.fileName())), "a name that is made is read");
      require(
          leased.id().equals(name.id()) && leased.attempt() == name.attempt() + 1,
          "a lease is of the same task, once more");
    }
  }

  private static void payload(String text) {
    try {
      Payload payload = Payload.ofJson(text);
      payload.tree();
      String body = "{\"queueName\": \"q\", \"payload\": " + payload.json() + "}";
      require(Envelope.payload(body).equals(payload), "a payload comes out as it went in");
    } catch (InvalidPayloadException e) {
      require(e.getMessage() != null, "a refusal says why");
    }
  }

  private static void body(byte[] bytes) throws IOException {
    synchronized (FILE) {
      Files.write(FILE, bytes);
      try {
        TaskFiles.payload(FILE).tree();
      } catch (InvalidPayloadException e) {
        require(e.getMessage() != null, "a refusal says why");
      }
    }
  }

  private static void url(String text) {
    try {
      QueueUrl url = QueueUrl.parse(text);
      // A path may have a question mark; as a URL it cannot be said.
      boolean isPath = url.place().indexOf('?') >= 0;
      require(
          isPath || QueueUrl.parse(url + options(url.options())).equals(url),
          "a URL is read as it is written");
    } catch (IllegalArgumentException e) {
      require(e.getMessage() != null, "a refusal says why");
    }
  }

  private static String options(Map<String, String> options) {
    StringBuilder text = new StringBuilder();
    options.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? '?' : '&').append(name).append('=').append(value));
    return text.toString();
  }

  private static void require(boolean condition, String promise) {
    if (!condition) {
      throw new AssertionError("broken: " + promise);
    }
  }
}
