package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Words that are typed into real shells on a terminal, and what a press of the tab key makes of
 * them. The shells are CI's to install; one that is not here is skipped.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the shells are Unix's")
class CompletionIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int WIDE = 200;

  /** What is typed before the tab, and the words that the command gets then. */
  private static final Map<String, List<String>> TYPED = new LinkedHashMap<>();

  static {
    TYPED.put("sub", List.of("submit"));
    TYPED.put("status ty", List.of("status", "typo.q/"));
    TYPED.put("insert typo.q til", List.of("insert", "typo.q", "tiles.jsonl"));
    TYPED.put("mv typo.q oth", List.of("mv", "typo.q", "other.q/"));
    TYPED.put("dead l", List.of("dead", "list"));
    TYPED.put("dead list ty", List.of("dead", "list", "typo.q/"));
    TYPED.put("completion b", List.of("completion", "bash"));
    TYPED.put("status typo.q --js", List.of("status", "typo.q", "--json"));
    TYPED.put("list --state w", List.of("list", "--state", "waiting"));
    TYPED.put("list ty", List.of("list", "typo.q/"));
    TYPED.put("work typo.q --log j", List.of("work", "typo.q", "--log", "json"));
    TYPED.put("work typo.q --drain til", List.of("work", "typo.q", "--drain", "tiles.jsonl"));
    TYPED.put(
        "submit typo.q --each-line til", List.of("submit", "typo.q", "--each-line", "tiles.jsonl"));
    TYPED.put("help rel", List.of("help", "release"));
  }

  /** A shell, and what it is given so that {@code fq} prints its words once completion is there. */
  enum Shell {
    BASH(
        "bash --noprofile --norc -i",
        "source <(fq completion bash)",
        "fq() { printf '<%s>' \"$@\"; echo; }"),
    ZSH("zsh -f -i", "source <(fq completion zsh)", "fq() { printf '<%s>' \"$@\"; echo; }"),
    FISH(
        "fish --no-config -i",
        "fq completion fish | source",
        "function fq; printf '<%s>' $argv; echo; end");

    private final String command;
    private final String source;
    private final String echo;

    Shell(String command, String source, String echo) {
      this.command = command;
      this.source = source;
      this.echo = echo;
    }

    List<String> command() {
      return List.of(command.split(" "));
    }

    boolean isHere() {
      return Stream.of(System.getenv("PATH").split(":"))
          .anyMatch(place -> Files.isExecutable(Path.of(place, command().get(0))));
    }
  }

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Shell.class)
  void tabCompletesVerbsOptionsWordsAndFileNames(Shell shell) throws Exception {
    assumeThat(shell.isHere()).as("%s is installed", shell).isTrue();
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.createDirectory(home.resolve("typo.q"));
    Files.createDirectory(home.resolve("other.q"));
    Files.createFile(home.resolve("tiles.jsonl"));
    Map<String, String> environment = new HashMap<>(InstalledFq.environment(directory));
    environment.put("HOME", home.toString());
    environment.put("PS1", "> ");

    try (TerminalFq terminal = TerminalFq.start(home, environment, WIDE, shell.command())) {
      terminal.type(shell.source + "\n" + shell.echo + "\n");
      terminal.type("fq ready\n");
      awaitOutput(terminal, "<ready>");
      for (Map.Entry<String, List<String>> typed : TYPED.entrySet()) {
        terminal.type("fq " + typed.getKey() + "\t\n");
        awaitOutput(terminal, "<" + String.join("><", typed.getValue()) + ">");
      }
    }
  }

  /** zsh takes the slash after a directory away again when nothing follows. */
  private static void awaitOutput(TerminalFq terminal, String words) {
    String expected = words.replace("/>", ">") + "\r\n";
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(terminal.received().replace("/>", ">")).contains(expected));
  }
}
