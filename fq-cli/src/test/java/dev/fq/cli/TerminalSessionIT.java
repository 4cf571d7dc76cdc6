package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types session.md into a bash on a terminal, with the command as it is installed. A line {@code
 * ^C} there is typed when all before it is on the screen.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "there is no /dev/full elsewhere")
class TerminalSessionIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int WIDE = 240;
  private static final String CTRL_C = "^C";
  private static final Pattern PROMPT = Pattern.compile("<exit (\\d+)>\n$");

  /** ECMA-48, 5.4. */
  private static final Pattern CONTROL_SEQUENCE = Pattern.compile("\u001B\\[[0-?]*[ -/]*[@-~]");

  @TempDir private Path directory;

  private int seen;

  @Test
  void everyLineOfTheSessionDoesWhatItShows() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    ConsoleGuide session = ConsoleGuide.read(Path.of("src/test/resources/session.md"));
    assertThat(session.steps()).hasSizeGreaterThan(40);
    Map<String, String> environment = new HashMap<>(InstalledFq.environment(directory));
    environment.put("PS1", "<exit $?>\n");

    try (TerminalFq bash =
        TerminalFq.start(
            home,
            environment,
            WIDE,
            List.of("bash", "--noprofile", "--norc", "--noediting", "-i"))) {
      result(bash);
      bash.type("stty -echo\n");
      result(bash);
      for (ConsoleGuide.Step step : session.steps()) {
        bash.type(step.command() + "\n");
        int interrupt = step.output().indexOf(CTRL_C);
        if (interrupt >= 0) {
          List<String> before = step.output().subList(0, interrupt);
          await(step.command())
              .atMost(PATIENCE)
              .until(() -> ConsoleGuide.matches(before, unseen(bash) + "\n"));
          bash.type("\u0003");
        }
        Result result = result(bash);
        List<String> output = step.output().stream().filter(line -> !line.equals(CTRL_C)).toList();
        new ConsoleGuide.Step(step.command(), output).assertOutput(result.output, result.exitCode);
      }
    }
  }

  private record Result(String output, int exitCode) {}

  /** What came since the last one, when the shell waits for the next command. */
  private Result result(TerminalFq bash) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(unseen(bash)).containsPattern(PROMPT));
    String all = bash.received();
    String text = withoutControl(all.substring(seen));
    seen = all.length();
    Matcher prompt = PROMPT.matcher(text);
    assertThat(prompt.find()).isTrue();
    return new Result(text.substring(0, prompt.start()), Integer.parseInt(prompt.group(1)));
  }

  private String unseen(TerminalFq bash) {
    return withoutControl(bash.received().substring(seen));
  }

  /** A line that was drawn over another is a line too. */
  private static String withoutControl(String text) {
    return CONTROL_SEQUENCE.matcher(text).replaceAll("").replaceAll("\r+\n?", "\n");
  }
}
