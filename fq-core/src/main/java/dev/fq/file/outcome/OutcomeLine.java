package dev.fq.file.outcome;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.fq.spi.Outcome;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.IOException;
import java.io.Writer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An outcome as a line of JSON. Fields that have no value are left out. */
final class OutcomeLine {

  private static final JsonFactory JSON = new JsonFactory();

  private OutcomeLine() {}

  /** Writes the line with its end. */
  static void write(Writer to, Outcome outcome) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(to)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      json.writeStartObject();
      json.writeStringField("id", outcome.task().value());
      writeText(json, "type", outcome.type().isEmpty() ? null : outcome.type());
      writeText(json, "command", outcome.command());
      json.writeNumberField("attempt", outcome.attempt());
      json.writeStringField("outcome", outcome.result().label());
      writeNumber(json, "exit", outcome.exitCode());
      writeText(json, "exception", outcome.exception());
      writeText(json, "reason", outcome.reason());
      json.writeStringField("begun", outcome.begun().toString());
      json.writeStringField("ended", outcome.ended().toString());
      json.writeStringField("host", outcome.host());
      json.writeNumberField("slot", outcome.slot());
      writeNumber(json, "memory", outcome.peakMemory());
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void writeText(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }

  private static void writeNumber(JsonGenerator json, String name, @Nullable Number value)
      throws IOException {
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
