package dev.fq.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes what shells need to complete verbs and options. */
@Command(
    name = "completion",
    description = "Print a script with which a shell completes verbs, options and file names.",
    footer = {
      "",
      "Examples:",
      "  fq completion bash > ~/.local/share/bash-completion/completions/fq",
      "  fq completion zsh > ~/.fq.zsh; echo 'source ~/.fq.zsh' >> ~/.zshrc",
      "  fq completion fish > ~/.config/fish/completions/fq.fish"
    })
final class CompletionCommand extends Verb {

  private enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Keeps bash from completing files where picocli knows nothing better. */
  private static final Pattern NO_FILES =
      Pattern.compile("\\R *type compopt &>/dev/null && compopt \\+o default\\R");

  @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
  private Shell shell;

  @Override
  public Integer call() {
    CommandLine root = spec().root().commandLine();
    out()
        .print(
            switch (shell) {
              case BASH -> bash(root);
              case ZSH -> ZshCompletion.of(root);
              case FISH -> FishCompletion.of(root);
            });
    out().flush();
    return ExitCode.DONE;
  }

  /** A queue is a directory, or a URL, which picocli does not know to be a file. */
  static String bash(CommandLine root) {
    String script = AutoComplete.bash(root.getCommandName(), root);
    return NO_FILES.matcher(script).replaceAll(System.lineSeparator());
  }
}
