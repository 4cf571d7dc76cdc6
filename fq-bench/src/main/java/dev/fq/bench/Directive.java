package dev.fq.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A comment in a document that asks for a table or a plot: {@code <!-- table: LeaseBenchmark
 * rows=threads columns=contender base=floor -->}. What has no equals sign names the benchmark; a
 * setting with {@code ==} keeps only the results that have this label.
 */
record Directive(
    String kind, String benchmark, Map<String, String> settings, Map<String, String> filters) {

  private static final Pattern COMMENT = Pattern.compile("<!-- (table|plot): (\\w+)(.*?) -->");

  /** What this line asks for, or null when it is any other line. */
  static @Nullable Directive parse(String line) {
    Matcher comment = COMMENT.matcher(line);
    if (!comment.matches()) {
      return null;
    }
    Map<String, String> settings = new LinkedHashMap<>();
    Map<String, String> filters = new LinkedHashMap<>();
    for (String word : comment.group(3).strip().split(" +", -1)) {
      String[] pair = word.split("==?", 2);
      if (pair.length == 2) {
        (word.contains("==") ? filters : settings).put(pair[0], pair[1]);
      } else if (!word.isEmpty()) {
        throw new IllegalArgumentException(
            line + ": expected name=value or label==value, found \"" + word + "\"");
      }
    }
    return new Directive(comment.group(1), comment.group(2), settings, filters);
  }

  List<Result> selectedOf(List<Result> results) {
    return results.stream()
        .filter(result -> result.benchmark().equals(benchmark))
        .filter(
            result ->
                filters.entrySet().stream()
                    .allMatch(filter -> result.label(filter.getKey()).equals(filter.getValue())))
        .toList();
  }

  /** This setting's words, separated by commas. */
  List<String> list(String name) {
    String value = settings.get(name);
    return value == null ? List.of() : Arrays.asList(value.split(","));
  }

  @Nullable String setting(String name) {
    return settings.get(name);
  }

  /** This setting. */
  String required(String name) {
    String value = settings.get(name);
    if (value == null) {
      throw new IllegalArgumentException(kind + " of " + benchmark + ": expected " + name + "=…");
    }
    return value;
  }
}
