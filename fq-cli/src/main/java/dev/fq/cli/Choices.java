package dev.fq.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The words from which an argument is one, for the completion of shells. */
final class Choices {

  private Choices() {}

  /** Those of an option's value; empty where it may be any text. */
  static List<String> of(ArgSpec argument) {
    List<String> choices = new ArrayList<>();
    if (argument.completionCandidates() != null) {
      argument.completionCandidates().forEach(choices::add);
    }
    return choices;
  }

  /** Those of the word that follows a verb; empty where it may be any text. */
  static List<String> afterVerb(CommandSpec verb) {
    if (verb.helpCommand()) {
      return List.copyOf(verb.parent().subcommands().keySet());
    }
    for (PositionalParamSpec word : verb.positionalParameters()) {
      if (word.index().min() == 0) {
        return of(word);
      }
    }
    return List.of();
  }
}
