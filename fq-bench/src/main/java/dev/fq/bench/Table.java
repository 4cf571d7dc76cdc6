package dev.fq.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of results in Markdown: a row for each combination of the labels in {@code rows}, a
 * column for each value of the label in {@code columns}, and beside each but {@code base} how fast
 * it is in comparison. Without {@code columns} there is one of scores; the columns of {@code
 * columns=percentile} are the median and the 99th. Rows of numbers are in their order.
 */
final class Table {

  private static final List<String> PERCENTILES = List.of("50.0", "99.0");

  private final Directive directive;
  private final List<Result> results;

  Table(Directive directive, List<Result> results) {
    this.directive = directive;
    this.results = results;
  }

  /** The lines; none when there are no results for it. */
  List<String> lines() {
    if (results.isEmpty()) {
      return List.of();
    }
    return "percentile".equals(directive.setting("columns")) ? percentiles() : scores();
  }

  private List<String> scores() {
    String label = directive.setting("columns");
    Set<String> columns = new LinkedHashSet<>();
    Map<List<String>, Map<String, Result>> rows = new LinkedHashMap<>();
    for (Result result : inOrder()) {
      String column = label == null ? "score" : result.label(label);
      columns.add(column);
      rows.computeIfAbsent(rowOf(result), key -> new LinkedHashMap<>()).put(column, result);
    }
    String base = directive.setting("base");
    List<String> headings = new ArrayList<>(directive.list("rows"));
    for (String column : columns) {
      headings.add(column + ", " + results.get(0).unit());
      if (base != null && !column.equals(base)) {
        headings.add(column + " / " + base);
      }
    }
    List<String> lines = heading(headings);
    rows.forEach((row, byColumn) -> lines.add(line(row, cells(columns, byColumn, base))));
    return lines;
  }

  private List<Result> inOrder() {
    List<Result> ordered = new ArrayList<>(results);
    List<String> labels = new ArrayList<>(directive.list("rows"));
    Collections.reverse(labels);
    for (String label : labels) {
      if (results.stream().allMatch(result -> result.label(label).matches("\\d{1,18}"))) {
        ordered.sort(Comparator.comparingLong(result -> Long.parseLong(result.label(label))));
      }
    }
    return ordered;
  }

  private List<String> rowOf(Result result) {
    return directive.list("rows").stream().map(result::label).toList();
  }

  private static List<String> cells(
      Set<String> columns, Map<String, Result> byColumn, @Nullable String base) {
    List<String> cells = new ArrayList<>();
    Result first = base == null ? null : byColumn.get(base);
    for (String column : columns) {
      Result result = byColumn.get(column);
      cells.add(result == null ? "" : score(result));
      if (base != null && !column.equals(base)) {
        cells.add(
            result == null || first == null
                ? ""
                : String.format(Locale.ROOT, "%.2f", result.speedBeside(first)));
      }
    }
    return cells;
  }

  private List<String> percentiles() {
    List<String> headings = new ArrayList<>(directive.list("rows"));
    for (String percentile : PERCENTILES) {
      headings.add("p" + percentile.replace(".0", "") + ", " + results.get(0).unit());
    }
    List<String> lines = heading(headings);
    for (Result result : results) {
      List<String> cells =
          PERCENTILES.stream().map(name -> number(result.percentiles().get(name))).toList();
      lines.add(line(rowOf(result), cells));
    }
    return lines;
  }

  private List<String> heading(List<String> headings) {
    List<String> lines = new ArrayList<>();
    lines.add(line(headings, List.of()));
    lines.add(line(Collections.nCopies(headings.size(), "---:"), List.of()));
    return lines;
  }

  private static String line(List<String> first, List<String> second) {
    List<String> cells = new ArrayList<>(first);
    cells.addAll(second);
    return "| " + String.join(" | ", cells) + " |";
  }

  private static String score(Result result) {
    String score = number(result.score());
    return Double.isNaN(result.error())
        ? score
        : score + String.format(Locale.ROOT, " ± %.0f %%", 100 * result.error() / result.score());
  }

  /** With three digits that count, or all before the point. */
  static String number(@Nullable Double value) {
    if (value == null) {
      return "";
    }
    int decimals = value == 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(Math.abs(value))));
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
