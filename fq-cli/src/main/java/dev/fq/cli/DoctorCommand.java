package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.file.Doctor;
import dev.fq.file.Finding;
import dev.fq.spi.Printable;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Examines a file queue. */
@Command(
    name = "doctor",
    description = {
      "Examine a file queue, a line for each thing: is the place fit (exclusive renames, appends that are"
          + " not lost, listings, clock, mount, room), and is what lies there sound.",
      "",
      "Workers may go on meanwhile. Ends with 1 when something is bad."
    },
    footer = {"", "Examples:", "  fq doctor /shared/q", "  fq doctor /shared/q --fix --all"})
final class DoctorCommand extends Verb {

  private static final String FILE_QUEUE = "fq";
  private static final long BODIES = 1_000;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "QUEUE",
      description = "The queue: a directory or an fq:// URL.")
  private @Nullable String given;

  @Option(names = "--fix", description = "Repair what can be repaired without losing a task.")
  private boolean fix;

  @Option(names = "--all", description = "Read all tasks; 1000 of them unless given.")
  private boolean all;

  @Option(
      names = "--json",
      description = "One JSON array of objects: check, level (ok, warn, bad), found, advice.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    QueueUrl url = QueueUrl.parse(QueueArgument.url(spec(), given));
    if (!url.scheme().equals(FILE_QUEUE)) {
      throw new IOException(url + ": expected a file queue; others have no place to examine");
    }
    List<Finding> findings =
        Doctor.of(Path.of(url.place())).examine(fix, all ? Long.MAX_VALUE : BODIES);
    if (json) {
      out().println(json(findings));
    } else {
      findings.forEach(finding -> out().println(line(finding)));
    }
    boolean bad = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.BAD);
    return bad ? ExitCode.TROUBLE : ExitCode.DONE;
  }

  private String line(Finding finding) {
    String line =
        "%s  %-11s  %s"
            .formatted(level(finding.level()), finding.check(), Printable.text(finding.found()));
    return finding.advice().isEmpty() ? line : line + "; " + Printable.text(finding.advice());
  }

  /** In its colour, where the standard output is a terminal and {@code NO_COLOR} is not set. */
  private String level(Finding.Level level) {
    String colour =
        switch (level) {
          case OK -> "green";
          case WARN -> "yellow";
          case BAD -> "bold,red";
        };
    return spec()
        .commandLine()
        .getColorScheme()
        .ansi()
        .string("@|%s %-4s|@".formatted(colour, level.label()));
  }

  private static String json(List<Finding> findings) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartArray();
      for (Finding finding : findings) {
        json.writeStartObject();
        json.writeStringField("check", finding.check());
        json.writeStringField("level", finding.level().label());
        json.writeStringField("found", finding.found());
        json.writeStringField("advice", finding.advice());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text.toString();
  }
}
