package dev.fq.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A manual page of a command in roff, see man(7). */
final class ManPage {

  private final CommandSpec spec;
  private final StringBuilder page = new StringBuilder();

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  static String of(CommandLine command) {
    ManPage page = new ManPage(command.getCommandSpec());
    page.write(command);
    return page.page.toString();
  }

  private void write(CommandLine command) {
    String name = spec.qualifiedName("-");
    List<String> description = Arrays.asList(spec.usageMessage().description());
    line(
        ".TH \"%s\" 1 \"\" \"fq\" \"fq Manual\"".formatted(escaped(name).toUpperCase(Locale.ROOT)));
    section("NAME");
    text(name + " - " + HelpText.firstSentence(description));
    section("SYNOPSIS");
    verbatim(command.getHelp().synopsis(0).toString());
    section("DESCRIPTION");
    description.forEach(this::paragraph);
    if (!spec.subcommands().isEmpty()) {
      section("VERBS");
      spec.subcommands().forEach((verb, it) -> item(verb, it.getCommandSpec()));
    }
    section("OPTIONS");
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      item(parameter.paramLabel(), String.join(" ", parameter.description()));
    }
    for (OptionSpec option : spec.options()) {
      String names = String.join(", ", option.names());
      boolean takesValue = option.arity().max() > 0;
      item(
          takesValue ? names + "=" + option.paramLabel() : names,
          String.join(" ", option.description()));
    }
    List<String> footer = Arrays.asList(spec.usageMessage().footer());
    int examples = footer.indexOf("Examples:");
    if (examples >= 0) {
      section("EXAMPLES");
      verbatim(String.join("\n", footer.subList(examples + 1, footer.size())));
    } else {
      section("NOTES");
      footer.forEach(this::paragraph);
    }
  }

  private void item(String verb, CommandSpec command) {
    item(verb, HelpText.firstSentence(command.usageMessage().description()));
  }

  private void item(String label, String description) {
    line(".TP");
    line(".B " + escaped(label));
    text(description);
  }

  private void section(String title) {
    line(".SH " + title);
  }

  private void paragraph(String text) {
    if (text.isBlank()) {
      line(".PP");
    } else {
      text(text);
    }
  }

  private void verbatim(String text) {
    line(".nf");
    text.lines().forEach(this::text);
    line(".fi");
  }

  private void text(String text) {
    HelpText.plain(text).lines().forEach(line -> line(escaped(line)));
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  /** A dash is a minus, a backslash itself, and a dot or quote at the start no request. */
  private static String escaped(String text) {
    String plain = text.replace("\\", "\\e").replace("-", "\\-");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
