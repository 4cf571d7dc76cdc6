package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.spi.Outcome;
import dev.fq.spi.Printable;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of an attempt, as a line of a table and as JSON. */
final class OutcomeLines {

  /** The fields of {@link #json}, for help. */
  static final String FIELDS =
      "id, type, command, attempt, outcome, exit, exception, reason, begun, ended, seconds, host,"
          + " slot, memory (bytes); null is what is not known";

  private static final String FORMAT = "%-20s  %-9s  %7s  %9s  %-12s  %-36s  %s";
  private static final JsonFactory JSON = new JsonFactory();
  private static final double NANOS = 1e9;

  static final String HEADING =
      FORMAT.formatted("ENDED", "OUTCOME", "ATTEMPT", "TIME", "HOST", "ID", "TASK");

  private OutcomeLines() {}

  /** A line, and another with the reason where there is one. */
  static String text(Outcome outcome) {
    String command = outcome.command();
    String line =
        FORMAT
            .formatted(
                Printable.time(outcome.ended()),
                outcome.result().label(),
                outcome.attempt(),
                time(outcome.time()),
                Printable.text(outcome.host()),
                outcome.task(),
                Printable.text(command == null ? outcome.type() : command))
            .stripTrailing();
    String reason = outcome.reason();
    return reason == null ? line : line + System.lineSeparator() + "  " + Printable.text(reason);
  }

  /** Seconds to a thousandth, and beyond a minute as options take times. */
  static String time(Duration time) {
    return time.compareTo(Duration.ofMinutes(1)) < 0
        ? String.format(Locale.ROOT, "%.3fs", time.toNanos() / NANOS)
        : StatusReport.time(time);
  }

  static String json(Outcome outcome) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("id", outcome.task().value());
      json.writeStringField("type", outcome.type());
      json.writeStringField("command", outcome.command());
      json.writeNumberField("attempt", outcome.attempt());
      json.writeStringField("outcome", outcome.result().label());
      write(json, "exit", outcome.exitCode());
      json.writeStringField("exception", outcome.exception());
      json.writeStringField("reason", outcome.reason());
      json.writeStringField("begun", outcome.begun().toString());
      json.writeStringField("ended", outcome.ended().toString());
      json.writeNumberField("seconds", outcome.time().toNanos() / NANOS);
      json.writeStringField("host", outcome.host());
      json.writeNumberField("slot", outcome.slot());
      write(json, "memory", outcome.peakMemory());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, String name, @Nullable Number value)
      throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value.longValue());
    }
  }
}
