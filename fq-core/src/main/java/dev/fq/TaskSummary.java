package dev.fq;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.fq.spi.Payload;
import dev.fq.spi.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What a task is, at one glance.
 *
 * @param type the name of its type, or of its function with its module; empty when the payload says
 *     none
 * @param command the words of a command with spaces between, at most {@value #LONGEST} characters
 *     of them, on one line; null for another task
 */
public record TaskSummary(String type, @Nullable String command) {

  /** So many characters of a command are shown. */
  public static final int LONGEST = 200;

  private static final String COMMAND = TaskJson.name(CommandTask.class);
  private static final String WORDS = "argv";
  private static final JsonFactory JSON = new JsonFactory();

  /** What this payload says. Read as a stream: a worker that records asks this of every task. */
  public static TaskSummary of(Payload payload) {
    try (JsonParser json = JSON.createParser(payload.json())) {
      return switch (json.nextToken()) {
        case START_OBJECT -> object(json);
        case START_ARRAY -> new TaskSummary(function(json), null);
        default -> new TaskSummary("", null);
      };
    } catch (IOException e) {
      throw new UncheckedIOException("a payload passed its check and does not parse", e);
    }
  }

  private static TaskSummary object(JsonParser json) throws IOException {
    String type = "";
    String command = null;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      if (name.equals(TaskJson.CLASS) && value.isScalarValue()) {
        type = json.getText();
      } else if (name.equals(WORDS) && value == JsonToken.START_ARRAY) {
        command = command(json);
      } else {
        json.skipChildren();
      }
    }
    return new TaskSummary(type, type.equals(COMMAND) ? command : null);
  }

  /** Of {@code [["MODULE", "NAME"], …]}; empty when it is another array. */
  private static String function(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY || !json.nextToken().isScalarValue()) {
      return "";
    }
    String module = json.getText();
    return json.nextToken() == JsonToken.VALUE_STRING
        ? new QueueableFunction.Key(module, json.getText()).toString()
        : "";
  }

  private static String command(JsonParser json) throws IOException {
    StringBuilder text = new StringBuilder();
    for (JsonToken word = json.nextToken(); word != JsonToken.END_ARRAY; word = json.nextToken()) {
      if (!word.isScalarValue()) {
        json.skipChildren();
      } else if (text.length() <= LONGEST) {
        text.append(text.isEmpty() ? "" : " ").append(json.getText());
      }
    }
    if (text.length() > LONGEST) {
      text.setLength(LONGEST);
      text.append('…');
    }
    return Printable.text(text.toString());
  }

  /** The command, or the type where there is none. */
  @Override
  public String toString() {
    return command == null ? type : command;
  }
}
