package dev.fq.file.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fq.spi.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A failed attempt as a line of a task's log. Loaded by those only who read or write one. */
public final class FailureJson {

  /** A field of lines after which the failures before them are forgotten. */
  public static final String REVIVED = "revived";

  private static final int MAX_REASON_LENGTH = 16 * 1024;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private FailureJson() {}

  static String of(Failure failure) {
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("attempt", failure.attempt())
            .put("holder", failure.holder())
            .put("at", failure.at().toString())
            .put("reason", shortened(failure.reason()));
    return (failure.counted() ? json : json.put("counted", false)).toString();
  }

  private static String shortened(String reason) {
    int surplus = reason.length() - MAX_REASON_LENGTH;
    return surplus <= 0
        ? reason
        : reason.substring(0, MAX_REASON_LENGTH) + "… (" + surplus + " more characters)";
  }

  /** Whether this line says that the dead task was retried, so that failures begin anew. */
  static boolean isRevival(String line) {
    try {
      return line.contains("\"" + REVIVED + "\"") && MAPPER.readTree(line).has(REVIVED);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** The failure in this line, or null when it is none. */
  static @Nullable Failure read(String line) {
    try {
      JsonNode json = MAPPER.readTree(line);
      return json.has("reason")
          ? new Failure(
              json.path("attempt").asInt(),
              json.path("holder").asText(),
              Instant.parse(json.path("at").asText()),
              json.path("reason").asText(),
              json.path("counted").asBoolean(true))
          : null;
    } catch (JsonProcessingException | DateTimeException e) {
      return null;
    }
  }
}
