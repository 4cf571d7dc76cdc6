package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A page with what people type and see: in blocks marked {@code console}, a line that begins with
 * {@code $} is a command, and what follows is its output.
 */
record ConsoleGuide(List<Step> steps) {

  private record Step(String command, List<String> output) {}

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

      assertThat(running.waitFor()).as("%s%n%s", step.command, output).isZero();
      assertThat(output.lines().toList()).as(step.command).isEqualTo(step.output);
    }
  }
}
