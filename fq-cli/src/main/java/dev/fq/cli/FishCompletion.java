package dev.fq.cli;

import java.util.Locale;
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
      completion.verb(verb.getKey(), firstSentence(spec.usageMessage().description()));
      completion.options(spec, "__fish_seen_subcommand_from " + verb.getKey());
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
      if (option.completionCandidates() != null) {
        String candidates = String.join(" ", option.completionCandidates());
        script.append(" -a ").append(quoted(candidates.toLowerCase(Locale.ROOT)));
      }
      script.append(" -d ").append(quoted(firstSentence(option.description())));
      script.append(System.lineSeparator());
    }
  }

  private static String firstSentence(String... description) {
    String text = description.length == 0 ? "" : description[0].replaceAll("[.;:] .*", "");
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
