package dev.fq.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts results into a document: after each comment {@code <!-- table: … -->} up to {@code <!-- end
 * -->} the table, and to each {@code <!-- plot: … -->} its file. What there are no results for
 * stays as it is.
 *
 * <p>{@code java -jar fq-bench.jar report docs/performance.md RESULTS.json…}
 */
final class Report {

  private static final String END = "<!-- end -->";

  private final Path document;
  private final List<Result> results = new ArrayList<>();
  private Instant newest = Instant.EPOCH;

  private Report(Path document) {
    this.document = document;
  }

  /** The number of tables and plots that were made. */
  static int run(Path document, List<Path> files) throws IOException {
    Report report = new Report(document);
    for (Path file : files) {
      report.results.addAll(Result.read(file));
      Instant written = Files.getLastModifiedTime(file).toInstant();
      report.newest = written.isAfter(report.newest) ? written : report.newest;
    }
    return report.rewrite();
  }

  private int rewrite() throws IOException {
    List<String> lines = Files.readAllLines(document);
    List<String> rewritten = new ArrayList<>();
    int made = 0;
    for (int i = 0; i < lines.size(); i++) {
      rewritten.add(lines.get(i));
      Directive directive = Directive.parse(lines.get(i));
      List<Result> selected = directive == null ? List.of() : directive.selectedOf(results);
      if (directive == null || selected.isEmpty()) {
        continue;
      }
      made++;
      if (directive.kind().equals("plot")) {
        new Plot(directive, selected).write(document.resolveSibling(directive.required("file")));
      } else {
        rewritten.addAll(new Table(directive, selected).lines());
        rewritten.add("");
        rewritten.add("*" + provenance() + "*");
        i = endOf(lines, i) - 1;
      }
    }
    Files.write(document, rewritten);
    return made;
  }

  private int endOf(List<String> lines, int start) throws IOException {
    for (int i = start + 1; i < lines.size(); i++) {
      if (lines.get(i).equals(END)) {
        return i;
      }
    }
    throw new IOException(
        "%s, line %s: expected %s after the table".formatted(document, start + 1, END));
  }

  private String provenance() {
    return "%s, %s cores, %s %s, JDK %s"
        .formatted(
            LocalDate.ofInstant(newest, ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version").replaceFirst("-.*", ""),
            System.getProperty("java.version"));
  }
}
