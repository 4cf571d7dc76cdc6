package dev.fq.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The self-contained jar, run as a process of its own. */
final class FqProcess {

  private final Process process;
  private final Path out;
  private final Path err;

  private FqProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
    command.add(System.getProperty("fq.jar"));
    command.addAll(List.of(arguments));
    return command;
  }

  static FqProcess start(Path directory, String name, String... arguments) throws IOException {
    return startBy(directory, name, List.of(), arguments);
  }

  /**
   * Starts it by another program.
   *
   * @param words what stands before the command
   */
  static FqProcess startBy(Path directory, String name, List<String> words, String... arguments)
      throws IOException {
    Path out = directory.resolve(name + ".out");
    Path err = directory.resolve(name + ".err");
    List<String> command = new ArrayList<>(words);
    command.addAll(command(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new FqProcess(process, out, err);
  }

  static FqProcess run(Path directory, String name, String... arguments) throws Exception {
    FqProcess fq = start(directory, name, arguments);
    fq.exitCode();
    return fq;
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running after two minutes: " + process.info());
    }
    return process.exitValue();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
