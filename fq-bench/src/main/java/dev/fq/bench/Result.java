package dev.fq.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One figure of a run, as JMH writes it with {@code -rf json}.
 *
 * @param benchmark the class's simple name
 * @param labels what tells it from the others of its class: {@code method}, {@code threads}, and
 *     the parameters
 * @param error half of the 99.9 % confidence interval; NaN when there were too few iterations
 * @param percentiles of the single samples, by names such as 50.0
 */
record Result(
    String benchmark,
    Map<String, String> labels,
    double score,
    double error,
    String unit,
    Map<String, Double> percentiles) {

  static List<Result> read(Path json) throws IOException {
    List<Result> results = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(json.toFile())) {
      results.add(of(node));
    }
    return results;
  }

  private static Result of(JsonNode node) {
    String[] name = node.path("benchmark").asText().split("\\.", -1);
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("method", name[name.length - 1]);
    labels.put("threads", node.path("threads").asText());
    node.path("params").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    JsonNode metric = node.path("primaryMetric");
    Map<String, Double> percentiles = new LinkedHashMap<>();
    metric
        .path("scorePercentiles")
        .properties()
        .forEach(e -> percentiles.put(e.getKey(), e.getValue().asDouble()));
    return new Result(
        name[name.length - 2],
        labels,
        metric.path("score").asDouble(),
        metric.path("scoreError").asDouble(Double.NaN),
        metric.path("scoreUnit").asText(),
        percentiles);
  }

  /** The value of this label, or an empty text. */
  String label(String name) {
    return labels.getOrDefault(name, "");
  }

  /** Whether more is better. */
  boolean isRate() {
    return unit.startsWith("ops/");
  }

  /** How fast this is beside the other: above 1 when it is faster. */
  double speedBeside(Result other) {
    return isRate() ? score / other.score : other.score / score;
  }
}
