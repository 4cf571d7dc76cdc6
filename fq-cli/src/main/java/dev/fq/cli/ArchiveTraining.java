package dev.fq.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Runs verbs on a queue of its own, so that a JVM that is told to archive the classes it has loaded
 * ({@code -XX:ArchiveClassesAtExit}, see the launcher) has those that people wait for: with the
 * argument {@code short} those of verbs that look at a queue, else those of verbs that work too.
 * Mapping an archive takes time by its size, and the second is more than twice the first.
 *
 * <p>There are two archives, since a JVM moves an archive to a random address as it maps it.
 * picocli is compiled anew in the build, since archives pass over its class files of Java 5.
 * Rejected: a native image, which could not load what {@code --classpath} names; a server that
 * stays; {@code ArchiveRelocationMode=0}, which only puts the time off to the page faults; a model
 * of the verbs built by calls instead of annotations (some 40 of 130 ms), which nobody would like
 * to read.
 */
final class ArchiveTraining {

  private ArchiveTraining() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("fq-archive");
    try {
      String queue = directory.resolve("q").toString();
      Path payloads = Files.createFile(directory.resolve("payloads"));
      if (!List.of(args).equals(List.of("short"))) {
        run("submit", queue, "--", "true");
        run("work", queue, "--max-tasks", "1", "--exit-on-empty");
        Files.writeString(payloads, "{\"no\": \"task\"}\n");
      }
      run("insert", queue, payloads.toString());
      run("status", queue);
      run("status", queue, "--json");
      run("list", queue);
      run("peek", queue, "none");
      run("release", queue);
      run("dead", "list", queue);
      run("purge", queue, "--yes");
    } finally {
      remove(directory);
    }
  }

  private static void run(String... arguments) {
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    CommandLine command = Main.commandLineFor(OutputStream.nullOutputStream(), arguments);
    int code = command.setOut(nowhere).setErr(nowhere).execute(arguments);
    if (code != ExitCode.DONE && !arguments[0].equals("peek")) {
      throw new IllegalStateException(List.of(arguments) + " ended with " + code);
    }
  }

  private static void remove(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
