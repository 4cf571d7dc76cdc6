package dev.fq.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What does python-task-queue, the library, get done on a directory, and what fq, in its own format
 * and in the one that it shares with Python? Each in one process, by one thread that leases one
 * task at a time; Python's inserts with its 40 threads. Runs a script of ours with the {@code
 * python3} of the PATH, and says so where that or the library is missing.
 *
 * <p>{@code java -jar fq-bench.jar python /dev/shm}: median of three rounds of 5,000 tasks; the
 * last line is JSON for {@code report}.
 */
final class PythonTaskQueue {

  private static final String SCRIPT = "python-task-queue.py";
  private static final String PYTHON = "python-task-queue";
  private static final int ROUNDS = 3;
  private static final int WARM_UPS = 5;
  private static final int TASKS = 5_000;
  private static final double NANOS = 1e9;
  private static final double MICROS = 1e6;

  /** What one round gave. */
  private record Round(double insertSeconds, double workSeconds) {}

  private PythonTaskQueue() {}

  static void main(List<String> words) throws Exception {
    if (words.size() != 1) {
      Main.refuse();
    }
    if (!isThere()) {
      System.out.println(
          "skipped: no python3 with the library taskqueue on the PATH; pip install task-queue");
      return;
    }
    String dir = words.get(0);
    for (int i = 0; i < WARM_UPS; i++) {
      java("fq", dir);
      java("fq-shared", dir);
    }
    Map<String, List<Round>> rounds = new LinkedHashMap<>();
    // In turn, so that a machine that slows down slows all.
    for (int i = 0; i < ROUNDS; i++) {
      rounds.computeIfAbsent(PYTHON, name -> new ArrayList<>()).add(python(dir));
      for (String contender : List.of("fq-shared", "fq")) {
        rounds.computeIfAbsent(contender, name -> new ArrayList<>()).add(java(contender, dir));
      }
    }
    ArrayNode json = new ObjectMapper().createArrayNode();
    rounds.forEach((contender, all) -> report(json, contender, all));
    System.out.println(json);
  }

  private static boolean isThere() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "import taskqueue")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notFound) {
      return false;
    }
  }

  private static Round python(String dir) throws IOException, InterruptedException {
    try (Scratch scratch = new Scratch(dir);
        InputStream script = PythonTaskQueue.class.getResourceAsStream(SCRIPT)) {
      Path copy = scratch.directory().resolve(SCRIPT);
      Files.copy(script, copy);
      String queue = scratch.directory().resolve("q").toString();
      Process process =
          new ProcessBuilder("python3", copy.toString(), queue, Integer.toString(TASKS))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("the script has failed; its words are above");
      }
      JsonNode seconds = new ObjectMapper().readTree(answer);
      return new Round(seconds.path("insert").asDouble(), seconds.path("work").asDouble());
    }
  }

  private static Round java(String contender, String dir) throws Exception {
    try (Scratch scratch = new Scratch(dir);
        Contender queue = Contender.of(contender, scratch.directory(), false)) {
      long start = System.nanoTime();
      Tasks.fill(queue, TASKS);
      long filled = System.nanoTime();
      for (int i = 0; i < TASKS; i++) {
        queue.leaseAndComplete(1);
      }
      long worked = System.nanoTime();
      return new Round((filled - start) / NANOS, (worked - filled) / NANOS);
    }
  }

  private static void report(ArrayNode json, String contender, List<Round> rounds) {
    double insert = median(rounds.stream().map(Round::insertSeconds).toList());
    double work = median(rounds.stream().map(Round::workSeconds).toList());
    System.out.printf(
        Locale.ROOT,
        "%s: insert %,.0f tasks/s; lease and complete %,.0f us a task%n",
        contender,
        TASKS / insert,
        work / TASKS * MICROS);
    add(json, contender, "insert", TASKS / insert, "ops/s");
    add(json, contender, "leaseComplete", work / TASKS * MICROS, "us/op");
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void add(
      ArrayNode json, String contender, String method, double score, String unit) {
    var result = json.addObject();
    result.put("benchmark", PythonTaskQueue.class.getName() + "." + method).put("threads", 1);
    result.putObject("params").put("contender", contender);
    result.putObject("primaryMetric").put("score", score).put("scoreUnit", unit);
  }
}
