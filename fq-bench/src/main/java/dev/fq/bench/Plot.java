package dev.fq.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/**
 * A plot of results as PNG: a line for each value of the label in {@code series}, over the numbers
 * of the label in {@code x}.
 */
final class Plot {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;

  /** Axes over so many times the smallest number are logarithmic. */
  private static final double WIDE = 100;

  private final Directive directive;
  private final List<Result> results;

  Plot(Directive directive, List<Result> results) {
    this.directive = directive;
    this.results = results;
  }

  void write(Path png) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(directive.required("title").replace('_', ' '))
            .xAxisTitle(directive.required("x"))
            .yAxisTitle(results.get(0).unit())
            .build();
    Map<String, NavigableMap<Double, Double>> lines = lines();
    lines.forEach(
        (name, points) ->
            chart.addSeries(name, List.copyOf(points.keySet()), List.copyOf(points.values())));
    chart.getStyler().setXAxisLogarithmic(isWide(lines)).setYAxisMin(0.0);
    Files.createDirectories(png.getParent());
    try (OutputStream out = Files.newOutputStream(png)) {
      ChartEncoder.saveChart(chart, out, "png");
    }
  }

  private Map<String, NavigableMap<Double, Double>> lines() {
    Map<String, NavigableMap<Double, Double>> lines = new LinkedHashMap<>();
    for (Result result : results) {
      lines
          .computeIfAbsent(result.label(directive.required("series")), name -> new TreeMap<>())
          .put(Double.valueOf(result.label(directive.required("x"))), result.score());
    }
    return lines;
  }

  private static boolean isWide(Map<String, NavigableMap<Double, Double>> lines) {
    return lines.values().stream().anyMatch(points -> points.lastKey() >= WIDE * points.firstKey());
  }
}
