package dev.fq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  @TempDir private Path directory;
  private Path document;
  private Path results;

  @BeforeEach
  void writeResults() throws IOException {
    document = directory.resolve("performance.md");
    results = directory.resolve("results.json");
    Files.writeString(
        results,
        "["
            + String.join(
                ",",
                result("LeaseBenchmark.two", 2, "floor", 1234.5, "12.345", "us/op"),
                result("LeaseBenchmark.two", 2, "fq", 1000, "10", "us/op"),
                result("LeaseBenchmark.one", 1, "floor", 30, "1.5", "us/op"),
                result("LeaseBenchmark.one", 1, "fq", 40, "\"NaN\"", "us/op"),
                result("InsertBenchmark.one", 1, "floor", 50_000, "500", "ops/s"),
                result("InsertBenchmark.one", 1, "fq", 40_000, "400", "ops/s"))
            + "]");
  }

  private static String result(
      String name, int threads, String contender, double score, String error, String unit) {
    return """
        {"benchmark": "dev.fq.bench.%s", "threads": %d, "params": {"contender": "%s"},
         "primaryMetric": {"score": %s, "scoreError": %s, "scoreUnit": "%s",
          "scorePercentiles": {"50.0": %s, "99.0": 99.5}}}
        """
        .formatted(name, threads, contender, score, error, unit, score);
  }

  private List<String> report(String... lines) throws IOException {
    Files.write(document, List.of(lines));
    Report.run(document, List.of(results));
    return Files.readAllLines(document);
  }

  @Test
  void tableHasARowForEachLabelAndTheSpeedBesideTheBase() throws IOException {
    assertThat(
            report(
                "before",
                "<!-- table: LeaseBenchmark rows=threads columns=contender base=floor -->",
                "what was there",
                "<!-- end -->",
                "after"))
        .startsWith(
            "before",
            "<!-- table: LeaseBenchmark rows=threads columns=contender base=floor -->",
            "| threads | floor, us/op | fq, us/op | fq / floor |",
            "| ---: | ---: | ---: | ---: |",
            "| 1 | 30.0 ± 5 % | 40.0 | 0.75 |",
            "| 2 | 1,235 ± 1 % | 1,000 ± 1 % | 1.23 |")
        .endsWith("<!-- end -->", "after")
        .doesNotContain("what was there");
  }

  @Test
  void whereMoreIsBetterTheSpeedIsTheRatioItself() throws IOException {
    assertThat(
            report(
                "<!-- table: InsertBenchmark rows=threads columns=contender base=floor -->",
                "<!-- end -->"))
        .contains("| 1 | 50,000 ± 1 % | 40,000 ± 1 % | 0.80 |");
  }

  @Test
  void tableWithoutColumnsHasOneOfScores() throws IOException {
    assertThat(report("<!-- table: InsertBenchmark contender==fq rows=method -->", "<!-- end -->"))
        .contains("| method | score, ops/s |", "| one | 40,000 ± 1 % |");
  }

  @Test
  void resultsAreFilteredByLabels() throws IOException {
    assertThat(
            report(
                "<!-- table: LeaseBenchmark threads==2 rows=contender columns=percentile -->",
                "<!-- end -->"))
        .contains("| contender | p50, us/op | p99, us/op |", "| fq | 1,000 | 99.5 |")
        .noneMatch(line -> line.contains("40.0"));
  }

  @Test
  void tableWithoutResultsStaysAsItIs() throws IOException {
    String[] lines = {
      "<!-- table: OtherBenchmark rows=threads columns=contender -->", "| old |", "<!-- end -->"
    };

    assertThat(report(lines)).containsExactly(lines);
  }

  @Test
  void reportTellsWhereItIsFromAndIsTheSameWhenMadeAgain() throws IOException {
    List<String> first =
        report(
            "<!-- table: LeaseBenchmark rows=threads columns=contender base=floor -->",
            "<!-- end -->");

    assertThat(first).anyMatch(line -> line.contains("JDK " + System.getProperty("java.version")));
    assertThat(report(first.toArray(String[]::new))).isEqualTo(first);
  }

  @Test
  @EnabledIf("hasFonts")
  void plotHasALineInAColourOfItsOwnForEachSeries() throws IOException {
    report(
        "<!-- plot: LeaseBenchmark file=plots/lease.png title=Lease_and_complete x=threads"
            + " series=contender -->");

    BufferedImage image = ImageIO.read(directory.resolve("plots/lease.png").toFile());
    Set<Integer> colours =
        IntStream.range(0, image.getWidth() * image.getHeight())
            .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
            .filter(ReportTest::isColourful)
            .boxed()
            .collect(Collectors.toSet());
    assertThat(colours).hasSizeGreaterThanOrEqualTo(2);
  }

  /** A JDK can be on a machine without any font, and then draws no text. */
  static boolean hasFonts() {
    try {
      BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
      return image.createGraphics().getFontMetrics().stringWidth("x") > 0;
    } catch (RuntimeException | Error noFonts) {
      return false;
    }
  }

  /** Neither white nor black nor grey, as axes and texts are. */
  private static boolean isColourful(int rgb) {
    int red = rgb >> 16 & 0xff;
    int green = rgb >> 8 & 0xff;
    int blue = rgb & 0xff;
    return Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue)) > 100;
  }

  @Test
  void tableWithoutAnEndIsRefusedByItsLine() {
    assertThatThrownBy(
            () -> report("a", "<!-- table: LeaseBenchmark rows=threads columns=contender -->", "b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2: expected <!-- end --> after the table");
  }

  @Test
  void wordThatIsNoSettingIsRefused() {
    assertThatThrownBy(() -> report("<!-- table: LeaseBenchmark threads -->"))
        .hasMessageContaining("found \"threads\"");
  }
}
