package dev.fq.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The command {@code fq} as shells find it: the launcher, on the path. */
final class InstalledFq {

  private InstalledFq() {}

  /**
   * The environment in which this build's {@code fq} is a command.
   *
   * @param directory where the command and its cache are put
   */
  static Map<String, String> environment(Path directory) throws IOException {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("fq"), Path.of("src/main/dist/bin/fq").toAbsolutePath());
    return Map.of(
        "PATH", bin + ":" + System.getenv("PATH"),
        "FQ_JAR", System.getProperty("fq.jar"),
        "JAVA_HOME", System.getProperty("java.home"),
        "XDG_CACHE_HOME", directory.resolve("cache").toString());
  }
}
