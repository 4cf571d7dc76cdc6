package dev.fq.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.spi.Printable;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The figures of a queue, in words and as JSON. */
final class StatusReport {

  private static final String UNKNOWN = "n/a";
  private static final int VALUE_COLUMN = 11;

  /** How many columns of the line with the bar are not the bar's. */
  static final int AROUND_THE_BAR = VALUE_COLUMN + "[] 100.0 %".length();

  /** A shorter bar tells nothing that the percentage does not. */
  private static final int SHORTEST_BAR = 4;

  private StatusReport() {}

  /**
   * Lines for people.
   *
   * @param exact whether the figures are counted and not estimated
   */
  static String text(String url, QueueStats stats, boolean exact) {
    return line("Queue", url)
        + (exact ? "" : line("Figures", source(stats)))
        + line("Inserted", number(stats.inserted()))
        + line("Enqueued", enqueued(stats))
        + line("  waiting", number(stats.waiting()))
        + line("  delayed", number(stats.delayed()))
        + line("  leased", number(stats.leased()))
        + line("Completed", number(stats.completed()))
        + line("Dead", number(stats.dead()));
  }

  /**
   * What keeps workers from beginning tasks.
   *
   * @param gate why the queue's gate is closed, a line each
   * @param limit the queue's limit in words; null when there is none
   */
  record Restraints(List<String> gate, @Nullable String limit) {

    static Restraints of(QueueBackend queue) throws IOException {
      return new Restraints(queue.gateWaitsFor(), limitOf(queue));
    }

    private static @Nullable String limitOf(QueueBackend queue) {
      try {
        return queue.limit().map(LimitCommand::text).orElse(null);
      } catch (IOException e) {
        // It says what is wrong with the file.
        return e.getMessage();
      }
    }

    /** A line for the limit, and one for each queue that this one waits for. */
    String text() {
      String limited = limit == null ? "" : line("Limit", Printable.text(limit));
      return gate.stream()
          .map(reason -> line("Gate", "after " + Printable.text(reason)))
          .collect(joining("", limited, ""));
    }
  }

  private static String source(QueueStats stats) {
    return stats.enqueued().isPresent()
        ? "approximate, as the service tells them"
        : "none: the service does not tell them";
  }

  /** Not by a format: the first format of a process takes ten milliseconds, locales and all. */
  private static String line(String label, String value) {
    return label + " ".repeat(VALUE_COLUMN - label.length()) + value + "\n";
  }

  /** What {@code --watch} adds to the lines. */
  static String text(Rate rate, QueueStats stats) {
    OptionalDouble perSecond = rate.perSecond();
    String speed =
        perSecond.isPresent()
            ? String.format(Locale.ROOT, "%.1f tasks/s", perSecond.getAsDouble())
            : UNKNOWN;
    return line("Rate", speed)
        + line("ETA", timeLeft(stats, rate).map(time -> eta(time, stats)).orElse(UNKNOWN));
  }

  private static String eta(Duration time, QueueStats stats) {
    long delayed = stats.delayed().orElse(0);
    return time(time) + (delayed == 0 ? "" : ", without the " + delayed + " delayed");
  }

  /** For what can be done now: a delayed task comes when it is due, at whatever rate. */
  private static Optional<Duration> timeLeft(QueueStats stats, Rate rate) {
    OptionalLong left = stats.enqueued();
    return left.isPresent()
        ? rate.timeFor(left.getAsLong() - stats.delayed().orElse(0))
        : Optional.empty();
  }

  /** A line with a bar of what is done of all that is known; empty where that cannot be told. */
  static String bar(QueueStats stats, int width) {
    long left = stats.enqueued().orElse(0);
    long done = stats.completed().orElse(0) + stats.dead().orElse(0);
    if (left + done == 0 || stats.completed().isEmpty()) {
      return "";
    }
    String part = percent(done, left + done);
    if (width < SHORTEST_BAR) {
      return line("Done", part);
    }
    int filled = (int) (width * done / (left + done));
    return line("Done", "[" + "#".repeat(filled) + "-".repeat(width - filled) + "] " + part);
  }

  /** To a tenth. */
  private static String percent(long part, long whole) {
    long tenths = Math.round(1000.0 * part / whole);
    return tenths / 10 + "." + tenths % 10 + " %";
  }

  private static String number(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : UNKNOWN;
  }

  private static String enqueued(QueueStats stats) {
    if (stats.enqueued().isEmpty()) {
      return UNKNOWN;
    }
    long left = stats.enqueued().getAsLong();
    long inserted = stats.inserted().orElse(0);
    // After a rezero more may be left than was counted in.
    return inserted < left || inserted == 0
        ? Long.toString(left)
        : left + " (" + percent(left, inserted) + " left)";
  }

  /** As options take it, in the two largest units: 2h 5m. */
  static String time(Duration time) {
    String[] names = {"d", "h", "m", "s"};
    long[] values = {
      time.toDaysPart(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart()
    };
    for (int i = 0; i < names.length - 1; i++) {
      if (values[i] > 0) {
        return values[i] + names[i] + " " + values[i + 1] + names[i + 1];
      }
    }
    return values[3] + names[3];
  }

  /** One object; null is what the backend cannot tell. */
  static String json(String url, QueueStats stats, Restraints restraints) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      writeStats(json, url, stats, restraints);
      json.writeEndObject();
    }
    return text.toString();
  }

  /** The same with {@code rate} in tasks a second and {@code eta} in seconds. */
  static String json(String url, QueueStats stats, Rate rate, Restraints restraints)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      writeStats(json, url, stats, restraints);
      Optional<Duration> eta = timeLeft(stats, rate);
      if (rate.perSecond().isPresent()) {
        json.writeNumberField("rate", rate.perSecond().getAsDouble());
      } else {
        json.writeNullField("rate");
      }
      write(
          json,
          "eta",
          eta.map(Duration::toSeconds).map(OptionalLong::of).orElse(OptionalLong.empty()));
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void writeStats(
      JsonGenerator json, String url, QueueStats stats, Restraints restraints) throws IOException {
    json.writeStringField("queue", url);
    write(json, "inserted", stats.inserted());
    write(json, "waiting", stats.waiting());
    write(json, "delayed", stats.delayed());
    write(json, "leased", stats.leased());
    write(json, "dead", stats.dead());
    write(json, "completed", stats.completed());
    json.writeArrayFieldStart("gate");
    for (String reason : restraints.gate()) {
      json.writeString(reason);
    }
    json.writeEndArray();
    json.writeStringField("limit", restraints.limit());
  }

  private static void write(JsonGenerator json, String name, OptionalLong number)
      throws IOException {
    if (number.isPresent()) {
      json.writeNumberField(name, number.getAsLong());
    } else {
      json.writeNullField(name);
    }
  }
}
