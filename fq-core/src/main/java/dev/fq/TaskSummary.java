package dev.fq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fq.spi.Payload;
import dev.fq.spi.Printable;
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

  /** What this payload says. */
  public static TaskSummary of(Payload payload) {
    JsonNode json = payload.tree();
    String type = TaskRegistry.typeName(json);
    JsonNode words = json.path("argv");
    return new TaskSummary(type, type.equals(COMMAND) && words.isArray() ? command(words) : null);
  }

  private static String command(JsonNode words) {
    StringBuilder text = new StringBuilder();
    for (JsonNode word : words) {
      text.append(text.isEmpty() ? "" : " ").append(word.asText());
      if (text.length() > LONGEST) {
        text.setLength(LONGEST);
        return Printable.text(text.append('…').toString());
      }
    }
    return Printable.text(text.toString());
  }

  /** The command, or the type where there is none. */
  @Override
  public String toString() {
    return command == null ? type : command;
  }
}
