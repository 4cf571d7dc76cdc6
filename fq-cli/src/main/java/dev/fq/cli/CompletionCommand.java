package dev.fq.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes what shells need to complete verbs and options. */
@Command(
    name = "completion",
    description = "Print a script with which a shell completes the verbs and options of fq.",
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
    FISH
  }

  @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
  private Shell shell;

  @Override
  public Integer call() {
    CommandLine root = spec().root().commandLine();
    out().print(shell == Shell.FISH ? FishCompletion.of(root) : bash(root));
    out().flush();
    return ExitCode.DONE;
  }

  /** It knows when it is zsh that reads it. */
  static String bash(CommandLine root) {
    return AutoComplete.bash(root.getCommandName(), root);
  }
}
