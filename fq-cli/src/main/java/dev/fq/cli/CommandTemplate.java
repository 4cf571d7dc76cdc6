package dev.fq.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command with places for an input: {@code {}} is the input, {@code {.}} the input without its
 * extension, {@code {/}} its last part, {@code {//}} its directory, and {@code {/.}} its last part
 * without the extension, as in GNU parallel; see "REPLACEMENT STRINGS" of parallel(1).
 */
final class CommandTemplate {

  static final String INPUT = "{}";

  private static final Pattern PLACES = Pattern.compile("\\{(|\\.|/|//|/\\.)}");

  private final List<String> words;
  private final Pattern places;
  private final boolean inputAtTheEnd;

  private CommandTemplate(List<String> words, Pattern places, boolean inputAtTheEnd) {
    this.words = words;
    this.places = places;
    this.inputAtTheEnd = inputAtTheEnd;
  }

  /** A command with places as above. */
  static CommandTemplate of(List<String> words) {
    return new CommandTemplate(words, PLACES, false);
  }

  /** A command in which this word stands for the input, and all others for themselves. */
  static CommandTemplate of(List<String> words, String place) {
    return new CommandTemplate(words, Pattern.compile(Pattern.quote(place)), false);
  }

  boolean hasPlace() {
    return words.stream().anyMatch(word -> places.matcher(word).find());
  }

  /** The same with the input as one more word. */
  CommandTemplate withInputAtTheEnd() {
    return new CommandTemplate(words, places, true);
  }

  /** The command for this input. */
  List<String> command(String input) {
    Stream<String> end = inputAtTheEnd ? Stream.of(input) : Stream.empty();
    return Stream.concat(words.stream().map(word -> filled(word, input)), end).toList();
  }

  private String filled(String word, String input) {
    return places
        .matcher(word)
        .replaceAll(place -> Matcher.quoteReplacement(part(place.group(), input)));
  }

  private static String part(String place, String input) {
    return switch (place) {
      case "{.}" -> withoutExtension(input);
      case "{/}" -> lastPart(input);
      case "{//}" -> directory(input);
      case "{/.}" -> withoutExtension(lastPart(input));
      default -> input;
    };
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String withoutExtension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') ? path.substring(0, dot) : path;
  }

  /** As dirname(1) has it. */
  private static String directory(String path) {
    String name = path.replaceAll("(?<=.)/+$", "");
    int slash = name.lastIndexOf('/');
    if (slash < 0) {
      return ".";
    }
    String parent = name.substring(0, slash).replaceAll("/+$", "");
    return parent.isEmpty() ? "/" : parent;
  }
}
