package dev.fq.pubsub;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Google's own emulator, where there is one: what PUBSUB_EMULATOR_HOST names, else that of the
 * google-cloud-sdk whose {@code gcloud} is on the PATH, started once for all tests of this process.
 */
final class Emulator {

  private static final Duration START = Duration.ofMinutes(1);

  private static @Nullable String endpoint;

  private Emulator() {}

  /** Where it answers, or empty when there is none on this machine. */
  static synchronized Optional<String> endpoint() throws IOException, InterruptedException {
    if (endpoint == null) {
      String running = System.getenv(PubSubAddress.EMULATOR);
      if (running != null && !running.isBlank()) {
        endpoint = "http://" + running;
      } else {
        Optional<Path> jar = jar();
        endpoint = jar.isPresent() ? start(jar.get()) : null;
      }
    }
    return Optional.ofNullable(endpoint);
  }

  private static Optional<Path> jar() throws IOException {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      Path gcloud = Path.of(directory, "gcloud");
      if (Files.isExecutable(gcloud)) {
        Path sdk = gcloud.toRealPath().resolve("../..").normalize();
        Path library = sdk.resolve("platform/pubsub-emulator/lib");
        if (Files.isDirectory(library)) {
          try (Stream<Path> jars = Files.list(library)) {
            return jars.filter(jar -> jar.toString().endsWith("-all.jar")).findFirst();
          }
        }
      }
    }
    return Optional.empty();
  }

  private static String start(Path jar) throws IOException, InterruptedException {
    int port = freePort();
    List<String> command =
        Arrays.asList(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            jar.toString(),
            "--host=127.0.0.1",
            "--port=" + port);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    Instant end = Instant.now().plus(START);
    while (!answers(port)) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        throw new IOException("the emulator does not start: " + String.join(" ", command));
      }
      Thread.sleep(50);
    }
    return "http://127.0.0.1:" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
