package dev.fq.spi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/**
 * What a task says: one JSON value, kept as the text that was given, so that key order, spelling of
 * numbers and escapes survive every queue.
 */
public final class Payload {

  /** The longest JSON text that a payload may have, in UTF-16 units. */
  public static final int MAX_LENGTH = 16 * 1024 * 1024;

  private static final ObjectMapper MAPPER = new ObjectMapper(Json.FACTORY);

  private final String json;

  Payload(String validJson) {
    this.json = validJson;
  }

  /**
   * The payload that this text is. White space around it is dropped.
   *
   * @throws InvalidPayloadException if the text is not exactly one JSON value (RFC 8259), is longer
   *     than {@link #MAX_LENGTH}, or nests deeper than 1,000 levels; the message gives line and
   *     column
   */
  public static Payload ofJson(String text) throws InvalidPayloadException {
    String json = text.strip();
    Json.requireOneValue(json);
    return new Payload(json);
  }

  /** The payload that this tree is. */
  public static Payload of(JsonNode tree) {
    return new Payload(tree.toString());
  }

  /** The JSON text. */
  public String json() {
    return json;
  }

  /** The JSON as a tree, parsed anew at each call. */
  public JsonNode tree() {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a payload passed its check and does not parse", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json;
  }
}
