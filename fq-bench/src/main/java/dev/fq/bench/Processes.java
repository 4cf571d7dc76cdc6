package dev.fq.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What do 1, 2 and 8 processes on one queue get done in total, and how often do they run for the
 * same file? They lease and complete one task at a time, or are workers on bundles. JMH measures
 * within one process; this does not. Each process works on a queue of its own first, until it is
 * warm. The processes of the floor are told which tasks are theirs, and so never run for the same.
 *
 * <p>{@code java -jar fq-bench.jar processes /dev/shm}: median of three rounds of 150,000 tasks, in
 * bundles ten times as many; the last line is JSON for {@code report}.
 */
final class Processes {

  private static final List<Integer> COUNTS = List.of(1, 2, 8);
  private static final int ROUNDS = 3;

  /** Enough for some seconds. */
  private static final Map<String, Integer> TASKS = tasks();

  private static final double NANOS = 1e9;

  /** What one round gave. */
  private record Round(double tasksPerSecond, double lostPerLease) {}

  private Processes() {}

  private static Map<String, Integer> tasks() {
    Map<String, Integer> tasks = new LinkedHashMap<>();
    tasks.put("floor", 150_000);
    tasks.put("fq", 150_000);
    tasks.put("fq-bundles", 1_500_000);
    return tasks;
  }

  static void main(List<String> words) throws Exception {
    if (words.size() != 1) {
      Main.refuse();
    }
    ArrayNode json = new ObjectMapper().createArrayNode();
    for (int count : COUNTS) {
      Map<String, List<Round>> rounds = new LinkedHashMap<>();
      // In turn, so that a machine that slows down slows all.
      for (int i = 0; i < ROUNDS; i++) {
        for (String contender : TASKS.keySet()) {
          Round round = round(words.get(0), contender, count);
          rounds.computeIfAbsent(contender, none -> new ArrayList<>()).add(round);
        }
      }
      rounds.forEach((contender, done) -> report(json, contender, count, done));
    }
    System.out.println(json);
  }

  private static void report(ArrayNode json, String contender, int count, List<Round> rounds) {
    List<Double> rates = rounds.stream().map(Round::tasksPerSecond).sorted().toList();
    List<Double> losses = rounds.stream().map(Round::lostPerLease).sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%s, %d processes: %,.0f tasks/s (%,.0f to %,.0f), %.4f failed renames a lease%n",
        contender,
        count,
        median(rates),
        rates.get(0),
        rates.get(ROUNDS - 1),
        median(losses));
    add(json, "throughput", contender, count, median(rates), "ops/s");
    add(json, "failedRenames", contender, count, median(losses), "a lease");
  }

  private static double median(List<Double> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  private static void add(
      ArrayNode json, String method, String contender, int count, double score, String unit) {
    ObjectNode result = json.addObject();
    result.put("benchmark", Processes.class.getName() + "." + method).put("threads", 1);
    result
        .putObject("params")
        .put("contender", contender)
        .put("processes", Integer.toString(count));
    result.putObject("primaryMetric").put("score", score).put("scoreUnit", unit);
  }

  private static Round round(String dir, String contender, int count) throws Exception {
    int tasks = TASKS.getOrDefault(contender, 0);
    try (Scratch scratch = new Scratch(dir);
        Contender queue = Contender.of(contender, scratch.directory(), false)) {
      Tasks.fill(queue, tasks);
      List<Process> processes = new ArrayList<>();
      try {
        for (int i = 0; i < count; i++) {
          processes.add(start(contender, scratch.directory(), i, count));
        }
        return race(processes, tasks);
      } finally {
        for (Process process : processes) {
          process.destroyForcibly().waitFor();
        }
      }
    }
  }

  /** They have begun, and say when they are warm. */
  private static Round race(List<Process> processes, int tasks)
      throws IOException, InterruptedException {
    List<BufferedReader> answers =
        processes.stream().map(process -> process.inputReader(StandardCharsets.UTF_8)).toList();
    for (BufferedReader answer : answers) {
      answer(answer);
    }
    long start = System.nanoTime();
    goOn(processes);
    long leased = sum(answers);
    double seconds = (System.nanoTime() - start) / NANOS;
    goOn(processes);
    long lost = sum(answers);
    for (Process process : processes) {
      process.waitFor();
    }
    if (leased != tasks) {
      throw new IOException("expected " + tasks + " tasks to be leased once, found " + leased);
    }
    return new Round(leased / seconds, (double) lost / leased);
  }

  private static void goOn(List<Process> processes) throws IOException {
    for (Process process : processes) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }
  }

  /** Of the next line of each. */
  private static long sum(List<BufferedReader> processes) throws IOException {
    long sum = 0;
    for (BufferedReader process : processes) {
      sum += Long.parseLong(answer(process));
    }
    return sum;
  }

  private static String answer(BufferedReader process) throws IOException {
    String line = process.readLine();
    if (line == null) {
      throw new IOException("a process ended before its work was done");
    }
    return line;
  }

  private static Process start(String contender, Path directory, int part, int parts)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Eight optimizing compilers would be what is measured.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            // Else what is recorded stays in the system's directory of temporary files.
            "-XX:FlightRecorderOptions:repository=" + directory.resolve("recorded"),
            "-cp",
            System.getProperty("java.class.path"),
            WorkingProcess.class.getName(),
            contender,
            directory.toString(),
            directory.resolve("warm" + part).toString(),
            Integer.toString(part),
            Integer.toString(parts))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
