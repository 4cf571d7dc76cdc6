package dev.fq.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The function with which zsh completes verbs, options and files; picocli's script for bash, which
 * zsh can read, shows no descriptions. See zshcompsys(1), "_arguments" and "_describe".
 */
final class ZshCompletion {

  private final String command;
  private final StringBuilder script = new StringBuilder();

  private ZshCompletion(String command) {
    this.command = command;
  }

  static String of(CommandLine root) {
    ZshCompletion completion = new ZshCompletion(root.getCommandName());
    completion.write(root);
    return completion.script.toString();
  }

  private void write(CommandLine root) {
    String function = "_" + command;
    line("#compdef " + command);
    line("");
    line(function + "() {");
    line("  local curcontext=\"$curcontext\" state line");
    line("  local -A opt_args");
    line("  local -a verbs=(");
    root.getSubcommands().forEach((name, verb) -> line("    " + described(name, verb)));
    line("  )");
    line("  _arguments -C \\");
    options(root.getCommandSpec()).forEach(option -> line("    " + option + " \\"));
    line("    '1:verb:->verb' '*:: :->rest'");
    line("  case $state in");
    line("    verb) _describe verb verbs ;;");
    line("    rest)");
    line("      case $words[1] in");
    for (Map.Entry<String, CommandLine> verb : root.getSubcommands().entrySet()) {
      line("        " + verb.getKey() + ")");
      line("          _arguments -s \\");
      CommandSpec spec = verb.getValue().getCommandSpec();
      options(spec).forEach(option -> line("            " + option + " \\"));
      line("            " + words(spec));
      line("          ;;");
    }
    line("      esac");
    line("      ;;");
    line("  esac");
    line("}");
    line("");
    line("# As a file on fpath this is the body of the function; else it is sourced.");
    line("if [[ $funcstack[1] == " + function + " ]]; then");
    line("  " + function + " \"$@\"");
    line("else");
    line("  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }");
    line("  compdef " + function + " " + command);
    line("fi");
  }

  private static String described(String name, CommandLine verb) {
    String[] description = verb.getCommandSpec().usageMessage().description();
    return quoted(name + ":" + HelpText.firstSentence(description).replace(":", "\\:"));
  }

  private static List<String> options(CommandSpec spec) {
    List<String> options = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      String text =
          HelpText.firstSentence(option.description()).replaceAll("([\\[\\]:])", "\\\\$1");
      String repeated = option.isMultiValue() ? "*" : "";
      for (String name : option.names()) {
        options.add(quoted(repeated + name + "[" + text + "]" + value(option)));
      }
    }
    return options;
  }

  private static String value(OptionSpec option) {
    return option.arity().max() == 0
        ? ""
        : ":" + label(option.paramLabel()) + ":" + values(Choices.of(option));
  }

  private static String values(List<String> choices) {
    return choices.isEmpty() ? "_files" : "(" + String.join(" ", choices) + ")";
  }

  /** The words that a verb begins with; whatever follows may be a file. */
  private static String words(CommandSpec spec) {
    List<String> choices = Choices.afterVerb(spec);
    return (choices.isEmpty() ? "" : quoted("1:word:" + values(choices)) + " ") + "'*:file:_files'";
  }

  private static String label(String text) {
    return text.replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private void line(String text) {
    script.append(text).append('\n');
  }
}
