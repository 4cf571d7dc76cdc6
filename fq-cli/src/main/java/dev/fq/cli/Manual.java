package dev.fq.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * Writes what is made from the commands themselves: docs/cli.md, manual pages, completions.
 *
 * <p>A test compares docs/cli.md with what this writes.
 */
final class Manual {

  private Manual() {}

  /**
   * Called by the build.
   *
   * @param args the directory to write into
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    CommandLine root = Main.commandLine(Map.of());
    write(directory.resolve("cli.md"), markdown(root));
    write(directory.resolve("completions/fq.bash"), CompletionCommand.bash(root));
    write(directory.resolve("completions/fq.fish"), FishCompletion.of(root));
    write(directory.resolve("completions/_fq"), ZshCompletion.of(root));
    write(directory.resolve("man/man1/fq.1"), ManPage.of(root));
    for (CommandLine verb : root.getSubcommands().values()) {
      write(directory.resolve("man/man1/fq-" + verb.getCommandName() + ".1"), ManPage.of(verb));
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }

  static String markdown(CommandLine root) {
    StringBuilder text = new StringBuilder("# The command\n\n");
    text.append("What `fq help` and `fq help VERB` print; made by the build, not by hand.\n");
    append(text, "fq", root);
    root.getSubcommands().forEach((name, verb) -> append(text, "fq " + name, verb));
    return text.toString();
  }

  private static void append(StringBuilder text, String title, CommandLine command) {
    String help = command.getUsageMessage(Ansi.OFF).replace("\r\n", "\n").stripTrailing();
    text.append("\n## ").append(title).append("\n\n```text\n").append(help).append("\n```\n");
  }
}
