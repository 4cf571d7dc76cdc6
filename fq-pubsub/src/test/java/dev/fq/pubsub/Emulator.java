package dev.fq.pubsub;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** What it prints when it is ready. */
  private static final String LISTENING = "Server started, listening";

  private static @Nullable String endpoint;

  private Emulator() {}

  /** Where it answers, or empty when there is none on this machine. */
  static synchronized Optional<String> endpoint() throws IOException {
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

  private static String start(Path jar) throws IOException {
    int port = freePort();
    List<String> command =
        Arrays.asList(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            jar.toString(),
            "--host=127.0.0.1",
            "--port=" + port);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    while (line != null && !line.contains(LISTENING)) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("the emulator does not start: " + String.join(" ", command));
    }
    Thread draining = new Thread(() -> output.lines().forEach(rest -> {}), "emulator");
    draining.setDaemon(true);
    draining.start();
    return "http://127.0.0.1:" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
