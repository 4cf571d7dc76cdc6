package dev.fq.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code java -jar fq-bench.jar}: JMH with its options, unless the first word is one of ours. */
final class Main {

  private static final String USAGE =
      """
      java -jar fq-bench.jar [REGEX] [-p dir=DIR] [-rf json -rff FILE] …   benchmarks, by JMH
      java -jar fq-bench.jar processes DIR                  several processes on one queue
      java -jar fq-bench.jar python DIR                     python-task-queue, where it is installed
      java -jar fq-bench.jar report DOCUMENT RESULTS.json…  puts results into a document's tables and plots
      """;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    List<String> rest =
        arguments.length == 0 ? List.of() : Arrays.asList(arguments).subList(1, arguments.length);
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "-h", "--help", "help" -> help();
      case "report" -> report(rest);
      case "processes" -> Processes.main(rest);
      case "python" -> PythonTaskQueue.main(rest);
      default -> org.openjdk.jmh.Main.main(arguments);
    }
  }

  private static void help() throws IOException {
    System.out.println(USAGE);
    org.openjdk.jmh.Main.main(new String[] {"-h"});
  }

  private static void report(List<String> words) throws IOException {
    if (words.size() < 2) {
      refuse();
    }
    List<Path> files = words.subList(1, words.size()).stream().map(Path::of).toList();
    int made = Report.run(Path.of(words.get(0)), files);
    System.out.println(made + " tables and plots made");
  }

  static void refuse() {
    System.err.print(USAGE);
    System.exit(2);
  }
}
