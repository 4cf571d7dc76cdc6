package dev.fq.file.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line of an index of outputs: where some of what an attempt has written lies.
 *
 * @param task the task's id
 * @param attempt which attempt it was, from 1
 * @param begun tells it from another attempt that has the same number
 * @param result what became of it; null as long as it may write more
 */
record OutputLine(
    TaskId task,
    int attempt,
    Instant begun,
    List<OutputPiece> pieces,
    @Nullable TaskOutcome result) {

  private static final JsonFactory JSON = new JsonFactory();

  /** The numbers of a piece. */
  private static final int NUMBERS = 4;

  OutputLine {
    pieces = List.copyOf(pieces);
  }

  /** With its end. */
  String text() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("id", task.value());
      json.writeNumberField("attempt", attempt);
      json.writeStringField("begun", begun.toString());
      for (Channel channel : Channel.values()) {
        write(channel, json);
      }
      if (result != null) {
        json.writeStringField("outcome", result.label());
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return text.toString();
  }

  private void write(Channel channel, JsonGenerator json) throws IOException {
    List<OutputPiece> own = pieces.stream().filter(piece -> piece.channel() == channel).toList();
    if (own.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart(name(channel));
    for (OutputPiece piece : own) {
      json.writeArray(
          new long[] {piece.from(), piece.length(), piece.member(), piece.at()}, 0, NUMBERS);
    }
    json.writeEndArray();
  }

  private static String name(Channel channel) {
    return channel.name().toLowerCase(Locale.ROOT);
  }

  /** How each line of this task begins. */
  static byte[] beginning(TaskId task) {
    return ("{\"id\":\"" + task.value() + "\"").getBytes(StandardCharsets.UTF_8);
  }

  /** What this line says, or null when it is none of ours. */
  static @Nullable OutputLine read(byte[] line) {
    String id = null;
    int attempt = 0;
    Instant begun = null;
    TaskOutcome result = null;
    List<OutputPiece> pieces = new ArrayList<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "id" -> id = json.getText();
          case "attempt" -> attempt = json.getIntValue();
          case "begun" -> begun = Instant.parse(json.getText());
          case "outcome" -> result = TaskOutcome.valueOf(json.getText().toUpperCase(Locale.ROOT));
          case "out" -> readPieces(Channel.OUT, json, pieces);
          case "err" -> readPieces(Channel.ERR, json, pieces);
          default -> {
            if (value.isStructStart()) {
              json.skipChildren();
            }
          }
        }
      }
      return id == null || begun == null
          ? null
          : new OutputLine(new TaskId(id), attempt, begun, pieces, result);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  private static void readPieces(Channel channel, JsonParser json, List<OutputPiece> pieces)
      throws IOException {
    while (json.nextToken() == JsonToken.START_ARRAY) {
      long from = json.nextLongValue(-1);
      int length = json.nextIntValue(-1);
      long member = json.nextLongValue(-1);
      int at = json.nextIntValue(-1);
      if (Math.min(Math.min(from, length), Math.min(member, at)) < 0
          || json.nextToken() != JsonToken.END_ARRAY) {
        throw new IOException("no piece of an output");
      }
      pieces.add(new OutputPiece(channel, from, length, member, at));
    }
  }
}
