package dev.fq.file.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.fq.spi.Outcome;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Outcomes as lines of JSON. Fields that have no value are left out. */
final class OutcomeLine {

  private static final JsonFactory JSON = new JsonFactory().setRootValueSeparator("\n");

  /** Of a line, in bytes. */
  private static final int USUAL_LENGTH = 256;

  private static final int DIGITS = 9;
  private static final int TEN = 10;

  private final JsonGenerator json;

  // Most outcomes of a batch are of one second, and the date is what costs.
  private long second = Long.MIN_VALUE;
  private char[] timeText = {};

  private OutcomeLine(JsonGenerator json) {
    this.json = json;
  }

  /** These outcomes, a line each, in UTF-8. */
  static byte[] lines(List<Outcome> outcomes) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(outcomes.size() * USUAL_LENGTH);
    try (JsonGenerator json = JSON.createGenerator(lines)) {
      OutcomeLine writer = new OutcomeLine(json);
      for (Outcome outcome : outcomes) {
        writer.write(outcome);
      }
      json.writeRaw('\n');
    }
    return lines.toByteArray();
  }

  private void write(Outcome outcome) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", outcome.task().value());
    writeText("type", outcome.type().isEmpty() ? null : outcome.type());
    writeText("command", outcome.command());
    json.writeNumberField("attempt", outcome.attempt());
    json.writeStringField("outcome", outcome.result().label());
    writeNumber("exit", outcome.exitCode());
    writeText("exception", outcome.exception());
    writeText("reason", outcome.reason());
    writeTime("begun", outcome.begun());
    writeTime("ended", outcome.ended());
    json.writeStringField("host", outcome.host());
    json.writeNumberField("slot", outcome.slot());
    writeNumber("memory", outcome.peakMemory());
    json.writeEndObject();
  }

  /** As {@link Instant#toString}, but always with nine digits. */
  private void writeTime(String name, Instant time) throws IOException {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      String text = Instant.ofEpochSecond(second).toString();
      text = text.substring(0, text.length() - 1);
      timeText = (text + "." + "0".repeat(DIGITS) + "Z").toCharArray();
    }
    int nanos = time.getNano();
    int last = timeText.length - 2;
    for (int place = last; place > last - DIGITS; place--) {
      timeText[place] = (char) ('0' + nanos % TEN);
      nanos /= TEN;
    }
    json.writeFieldName(name);
    json.writeString(timeText, 0, timeText.length);
  }

  private void writeText(String name, @Nullable String value) throws IOException {
    if (value != null) {
      json.writeStringField(name, wellFormed(value));
    }
  }

  /**
   * Half of a surrogate pair becomes a question mark: the generator refuses it, and with it all
   * outcomes of the batch.
   */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  private void writeNumber(String name, @Nullable Number value) throws IOException {
    if (value != null) {
      json.writeNumberField(name, value.longValue());
    }
  }

  /** What this line says, or null when it is none of ours. */
  static @Nullable Outcome read(String line) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        if (json.nextToken().isScalarValue()) {
          fields.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
      return outcome(fields);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Outcome outcome(Map<String, String> fields) {
    String id = fields.get("id");
    String result = fields.get("outcome");
    String begun = fields.get("begun");
    String ended = fields.get("ended");
    if (id == null || result == null || begun == null || ended == null) {
      return null;
    }
    String exit = fields.get("exit");
    String memory = fields.get("memory");
    return new Outcome(
        new TaskId(id),
        fields.getOrDefault("type", ""),
        fields.get("command"),
        Integer.parseInt(fields.getOrDefault("attempt", "0")),
        TaskOutcome.valueOf(result.toUpperCase(Locale.ROOT)),
        Instant.parse(begun),
        Instant.parse(ended),
        fields.getOrDefault("host", ""),
        Integer.parseInt(fields.getOrDefault("slot", "0")),
        exit == null ? null : Integer.valueOf(exit),
        memory == null ? null : Long.valueOf(memory),
        fields.get("exception"),
        fields.get("reason"));
  }
}
