package dev.fq.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What do 1, 2 and 8 processes on one queue get done in total, leasing and completing one task at a
 * time, and how often do they run for the same task? JMH measures within one process; this does
 * not. Each process works on a queue of its own first, until it is warm.
 *
 * <p>{@code java -jar fq-bench.jar processes /dev/shm}: median of three rounds of 150,000 tasks;
 * the last line is JSON for {@code report}.
 */
final class Processes {

  private static final List<Integer> COUNTS = List.of(1, 2, 8);
  private static final int ROUNDS = 3;
  private static final int TASKS = 150_000;
  private static final double NANOS = 1e9;

  /** What one round gave. */
  private record Round(double tasksPerSecond, double lostPerLease) {}

  private Processes() {}

  static void main(List<String> words) throws IOException, InterruptedException {
    if (words.size() != 1) {
      Main.refuse();
    }
    ArrayNode json = new ObjectMapper().createArrayNode();
    for (int count : COUNTS) {
      List<Double> rates = new ArrayList<>();
      List<Double> losses = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        Round round = round(words.get(0), count);
        rates.add(round.tasksPerSecond);
        losses.add(round.lostPerLease);
      }
      System.out.printf(
          Locale.ROOT,
          "%d processes: %,.0f tasks/s (%,.0f to %,.0f), %.4f failed renames a lease%n",
          count,
          median(rates),
          Collections.min(rates),
          Collections.max(rates),
          median(losses));
      add(json, "throughput", count, median(rates), "ops/s");
      add(json, "failedRenames", count, median(losses), "a lease");
    }
    System.out.println(json);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void add(ArrayNode json, String method, int count, double score, String unit) {
    ObjectNode result = json.addObject();
    result.put("benchmark", Processes.class.getName() + "." + method).put("threads", 1);
    result.putObject("params").put("processes", Integer.toString(count));
    result.putObject("primaryMetric").put("score", score).put("scoreUnit", unit);
  }

  private static Round round(String dir, int count) throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    try (Scratch scratch = new Scratch(dir);
        FileQueue queue = FileQueue.at(scratch.directory().resolve("q")).open(OpenMode.CREATE)) {
      Tasks.fill(queue, TASKS);
      List<BufferedReader> answers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Process process = start(queue.path(), scratch.directory().resolve("warm" + i));
        processes.add(process);
        answers.add(process.inputReader(StandardCharsets.UTF_8));
      }
      for (BufferedReader answer : answers) {
        answer(answer);
      }
      long start = System.nanoTime();
      goOn(processes);
      long leased = sum(answers);
      double seconds = (System.nanoTime() - start) / NANOS;
      goOn(processes);
      long lost = sum(answers);
      if (leased != TASKS) {
        throw new IOException("expected " + TASKS + " tasks to be leased once, found " + leased);
      }
      return new Round(leased / seconds, (double) lost / leased);
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
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

  private static Process start(Path queue, Path warmUp) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Eight optimizing compilers would be what is measured.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            WorkingProcess.class.getName(),
            queue.toString(),
            warmUp.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
