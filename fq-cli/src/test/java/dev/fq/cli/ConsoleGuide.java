package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page with what people type and see: in blocks marked {@code console}, a line that begins with
 * {@code $} is a command, and what follows is its output. There {@code …} stands for any text, and
 * for any lines where it stands alone. A last line like {@code [1]} is the exit code, which is 0
 * where there is none.
 */
record ConsoleGuide(List<Step> steps) {

  private static final String ANY = "…";
  private static final Pattern EXIT_CODE = Pattern.compile("\\[(\\d+)]");

  /**
   * A command with what it should do.
   *
   * @param output the lines, of which the last may be the exit code
   */
  record Step(String command, List<String> output) {

    int exitCode() {
      String last = output.isEmpty() ? "" : output.get(output.size() - 1);
      var code = EXIT_CODE.matcher(last);
      return code.matches() ? Integer.parseInt(code.group(1)) : 0;
    }

    List<String> lines() {
      return exitCode() == 0 ? output : output.subList(0, output.size() - 1);
    }

    void assertOutput(String found, int code) {
      assertThat(code).as("exit code of %s%n%s", command, found).isEqualTo(exitCode());
      String expected = lines().stream().map(line -> line + "\n").collect(Collectors.joining());
      if (!matches(lines(), found)) {
        assertThat(found).as(command).isEqualTo(expected);
      }
    }
  }

  static boolean matches(List<String> lines, String found) {
    String pattern = lines.stream().map(ConsoleGuide::pattern).collect(Collectors.joining());
    return Pattern.matches(pattern, found);
  }

  private static String pattern(String line) {
    return line.equals(ANY) ? "(?:.*\n)*" : Pattern.quote(line).replace(ANY, "\\E.*\\Q") + "\n";
  }

  static ConsoleGuide read(Path page) throws IOException {
    List<Step> steps = new ArrayList<>();
    boolean console = false;
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("```")) {
        console = line.equals("```console");
      } else if (console && line.startsWith("$ ")) {
        steps.add(new Step(line.substring(2), new ArrayList<>()));
      } else if (console) {
        steps.get(steps.size() - 1).output.add(line);
      }
    }
    return new ConsoleGuide(steps);
  }

  /** Runs each command here, one after the other, and compares what it prints. */
  void run(Path directory, Map<String, String> environment) throws Exception {
    for (Step step : steps) {
      ProcessBuilder shell =
          new ProcessBuilder("sh", "-ec", step.command)
              .directory(directory.toFile())
              .redirectErrorStream(true);
      shell.environment().putAll(environment);
      Process running = shell.start();
      String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      step.assertOutput(output, running.waitFor());
    }
  }
}
