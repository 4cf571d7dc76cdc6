package dev.fq.cli.chaos;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts processes of fq and sends them signals. */
final class Player {

  private final Path jar;
  private final Path logs;
  private int started;

  /**
   * @param jar the self-contained fq.jar
   * @param logs where their logs go
   */
  Player(Path jar, Path logs) {
    this.jar = jar;
    this.logs = logs;
  }

  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-Xshare:auto"));
    return command;
  }

  /** One verb of the command. */
  Process fq(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = java();
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(List.of(arguments));
    return start(command, environment);
  }

  /** A program of the tests. */
  Process main(Class<?> program, String... arguments) throws IOException {
    List<String> command = java();
    command.addAll(List.of("-cp", jar + File.pathSeparator + testClasses()));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return start(command, Map.of());
  }

  /** Where this class is. */
  static Path testClasses() {
    try {
      return Path.of(Player.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(List<String> command, Map<String, String> environment) throws IOException {
    String name = ProcessHandle.current().pid() + "-" + started++;
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(logs.resolve(name + ".out").toFile())
            .redirectError(logs.resolve(name + ".log").toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Sends a signal that Java has no word for. */
  static void signal(String signal, Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Waits; a process that takes minutes to end hangs. */
  static int end(Process process) throws InterruptedException {
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("does not end: " + process.info());
    }
    return process.exitValue();
  }
}
