package dev.fq.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands with which fish completes verbs and options; picocli writes them for other shells
 * only. See complete(1) of fish.
 */
final class FishCompletion {

  private static final String NO_VERB_YET = "__fish_use_subcommand";

  private final String command;
  private final StringBuilder script = new StringBuilder();

  private FishCompletion(String command) {
    this.command = command;
  }

  static String of(CommandLine root) {
    FishCompletion completion = new FishCompletion(root.getCommandName());
    completion.options(root.getCommandSpec(), NO_VERB_YET);
    for (Map.Entry<String, CommandLine> verb : root.getSubcommands().entrySet()) {
      CommandSpec spec = verb.getValue().getCommandSpec();
      completion.verb(verb.getKey(), HelpText.firstSentence(spec.usageMessage().description()));
      completion.options(spec, "__fish_seen_subcommand_from " + verb.getKey());
      completion.words(spec, verb.getKey());
    }
    return completion.script.toString();
  }

  private void verb(String name, String description) {
    script.append(
        "complete -c %s -n %s -a %s -d %s%n"
            .formatted(command, quoted(NO_VERB_YET), name, quoted(description)));
  }

  private void options(CommandSpec spec, String condition) {
    for (OptionSpec option : spec.options()) {
      script.append("complete -c %s -n %s".formatted(command, quoted(condition)));
      for (String name : option.names()) {
        script.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("--?", ""));
      }
      if (option.arity().max() > 0) {
        script.append(" -r");
      }
      if (!Choices.of(option).isEmpty()) {
        script.append(" -a ").append(quoted(String.join(" ", Choices.of(option))));
      }
      script.append(" -d ").append(quoted(HelpText.firstSentence(option.description())));
      script.append(System.lineSeparator());
    }
  }

  /** The word that follows the verb, where it is one of a few; whatever follows may be a file. */
  private void words(CommandSpec spec, String verb) {
    List<String> choices = Choices.afterVerb(spec);
    if (!choices.isEmpty()) {
      String follows =
          "__fish_seen_subcommand_from %s; and test (count (commandline -opc)) -eq 2"
              .formatted(verb);
      script.append(
          "complete -c %s -f -n %s -a %s%n"
              .formatted(command, quoted(follows), quoted(String.join(" ", choices))));
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
