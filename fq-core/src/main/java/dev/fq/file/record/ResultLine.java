package dev.fq.file.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results as lines of JSON. What a task returned stands there as it wrote it, on one line. */
final class ResultLine {

  /** A result may nest as deeply as a payload may, and is one level down in its line. */
  private static final int DEEPEST = 1_100;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxStringLength(Payload.MAX_LENGTH)
                  .build())
          .build()
          .setRootValueSeparator("\n");

  private static final String RESULT = "result";
  private static final String MARK = "\"" + RESULT + "\":";

  private ResultLine() {}

  /** These results, a line each, in UTF-8. */
  static byte[] lines(List<TaskResult> results) throws IOException {
    StringWriter lines = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(lines)) {
      for (TaskResult result : results) {
        json.writeStartObject();
        json.writeStringField("id", result.task().value());
        if (!result.type().isEmpty()) {
          json.writeStringField("type", result.type());
        }
        json.writeNumberField("attempt", result.attempt());
        json.writeStringField("returned", result.at().toString());
        json.writeStringField("host", result.host());
        json.writeFieldName(RESULT);
        json.writeRawValue(onOneLine(result.json()));
        json.writeEndObject();
      }
      json.writeRaw('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Line breaks stand between values only: within text, JSON has them escaped (RFC 8259, 7). */
  private static String onOneLine(String json) {
    return json.replace('\n', ' ').replace('\r', ' ');
  }

  /** Whether it is worth the time to read this line. */
  static boolean isLikely(String line) {
    return line.contains(MARK);
  }

  /** What this line says, or null when it is no result. */
  static @Nullable TaskResult read(String line) {
    if (!isLikely(line)) {
      return null;
    }
    Map<String, String> fields = new HashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        if (name.equals(RESULT)) {
          fields.put(name, text(line, json));
        } else if (value.isScalarValue()) {
          fields.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
      return result(fields);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  /** The text of the value that begins here. */
  private static String text(String line, JsonParser json) throws IOException {
    int start = (int) json.currentTokenLocation().getCharOffset();
    json.skipChildren();
    json.finishToken();
    int end = (int) json.currentLocation().getCharOffset();
    return line.substring(start, end).strip();
  }

  private static @Nullable TaskResult result(Map<String, String> fields) {
    String id = fields.get("id");
    String returned = fields.get("returned");
    String json = fields.get(RESULT);
    if (id == null || returned == null || json == null) {
      return null;
    }
    return new TaskResult(
        new TaskId(id),
        fields.getOrDefault("type", ""),
        Integer.parseInt(fields.getOrDefault("attempt", "0")),
        Instant.parse(returned),
        fields.getOrDefault("host", ""),
        json);
  }
}
